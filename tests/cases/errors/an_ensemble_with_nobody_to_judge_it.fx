cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { a |> Linear(2) }
train m { minimize cross_entropy(m, sex) }
protocol cv = kfold(5)
ensemble m over folds, weight: inverse_entropy
score m: auc
// table: c: x number; y number; sex F M

// error[E0602] 7:10 an ensemble is judged on people who trained none of its models
// hint: kfold(5, holdout: 100)
