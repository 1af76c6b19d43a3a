cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
model m(a) -> age { a |> Linear(1) }
train m { minimize mse(m, age) }
protocol cv = kfold(5, holdout: 20)
ensemble m over folds, weight: inverse_entropy
score m on holdout: mae
// table: c: x number; y number; age number

// error[E0204] 7:32 `inverse_entropy` is for probabilities of classes, and `m` predicts numbers
// hint: predicted numbers are averaged
