cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
target dx: class{HC, AD} = c.column("dx")
baseline b(a) -> dx = svm()
protocol cv = kfold(5, holdout: 20)
ensemble b over folds
score b on holdout: auc
// table: c: x number; y number; age number; dx HC AD

// error[E0710] 7:10 an ensemble combines probabilities, and `svm` gives decisions
// hint: for example `logistic` or `random_forest` give probabilities
