cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { a |> Linear(2) }
train m { minimize cross_entropy(m, sex) }
protocol cv = kfold(5, holdout: 20)
ensemble m over folds
score m: auc
// table: c: x number; y number; sex F M

// error[E0203] 7:10 nothing is scored of the ensemble of `m`
// hint: score m on holdout: auc
