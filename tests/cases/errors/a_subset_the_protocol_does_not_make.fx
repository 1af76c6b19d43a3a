cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { a |> Linear(2) }
train m { minimize cross_entropy(m, sex) }
protocol cv = kfold(5, stratify: [sex])
score m on holdout: auc
// table: c: x number; y number; sex F M

// error[E0602] 7:12 the protocol makes no `holdout` subjects
// hint: the protocol keeps nobody out of the folds; write kfold(5, holdout: 100)
