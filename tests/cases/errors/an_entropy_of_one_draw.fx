cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { a |> Linear(2) }
train m { minimize cross_entropy(m, sex) }
score m: auc
analysis layers = layer_entropy(m, draws: 1)
// table: c: x number; y number; sex F M

// error[E0204] 7:43 `draws` of `layer_entropy` takes a whole number of at least 2, found 1
