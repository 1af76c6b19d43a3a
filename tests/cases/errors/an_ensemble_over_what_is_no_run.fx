cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { a |> Linear(2) }
train m { minimize cross_entropy(m, sex) }
protocol cv = kfold(5, holdout: 20)
ensemble m over fold, weight: equal
score m on holdout: auc
// table: c: x number; y number; sex F M

// error[E0204] 7:17 there is no ensemble over `fold`
// hint: did you mean `folds`?
