param width: int = 4
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { a |> Linear(width) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, sex) }
score m: auc
sweep widths: width { compare auc }
// table: c: x number; y number; sex F M

// error[E0805] 8:15 which values should `width` take?
// hint: write: width in [.., ..]
