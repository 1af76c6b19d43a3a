cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { a |> Linear(2) }
model other(a) -> sex { a |> Linear(2) }
train m { minimize cross_entropy(m, sex) }
score m: auc
analysis layers = layer_entropy(other, draws: 100)
// table: c: x number; y number; sex F M

// error[E0204] 8:33 no stage trains `other`, and the loss of its last stage is asked
// hint: train it: train other { minimize .. }
