cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { a |> Linear(2) }
train m { minimize cross_entropy(m, sex) }
score m: acuracy, auc
// table: c: x number; y number; sex F M

// error[E0211] 6:10 there is no metric `acuracy`
// hint: did you mean `accuracy`?
