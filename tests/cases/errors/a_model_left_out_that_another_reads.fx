extends "base.fx" without m
model n(m.code) { m.code |> Linear(2) }
// file base.fx:
//| cohort c = table("people.csv")
//| modality a: vector[2] = c.columns(x, y)
//| model m(a) {
//|   output code = a |> Linear(4)
//|   code |> Linear(2)
//| }
//| train m { minimize mse(m, a) }
//| score m: mse, against: a
// table: c: x number; y number

// error[E0201] 2:9 `m`
