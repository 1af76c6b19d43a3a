param width: int = 8
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { a |> Linear(width) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, sex) }
score m: auc
sweep widths: width in [4, 8] { compare f1 }
// table: c: x number; y number; sex F M

// error[E0211] 8:41 nothing scores `f1`
// hint: the file scores auc
