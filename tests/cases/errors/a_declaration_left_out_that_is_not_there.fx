extends "base.fx" without truht
// file base.fx:
//| cohort c = table("people.csv")
//| modality a: vector[2] = c.columns(x, y)
//| target truth: class{A, B} = c.column("truth")
//| model m(a) { a |> Linear(4) |> Linear(2) }
//| train m { minimize mse(m, a) }
//| score m: mse, against: a
// table: c: x number; y number; truth A B

// error[E0201] 1:27 `base.fx` declares no `truht` to be left out
// hint: did you mean `truth`?
