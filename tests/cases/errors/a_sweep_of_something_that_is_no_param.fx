param width: int = 4
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { a |> Linear(width) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, sex) }
score m: auc
sweep widths: widht in [4, 8] { compare auc }
// table: c: x number; y number; sex F M

// error[E0802] 8:15 `widht` is not a parameter or a group
// hint: did you mean `width`?
