/// Everything of base.fx holds but what is declared again here.
extends "base.fx"
param width: int = 16
model m(a) { a |> Linear(width) |> relu |> Linear(2) }
// table: c: x number; y number
// file base.fx:
//| param width: int = 4
//| cohort c = table("people.csv")
//| modality a: vector[2] = c.columns(x, y)
//| model m(a) { a |> Linear(width) |> Linear(2) }
//| train m { minimize mse(m, a) }
//| score m: mse, against: a

// shape: m = [2]
// parameters: m = 82
