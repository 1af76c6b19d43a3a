cohort c = table("people.csv")
modality a: vector[_] = c.columns(/^lh_/ |> residualize(on: [sex, age]))
target years: real = c.column("age")
model m(a) -> years { a |> Linear(1) }
train m { minimize mse(m, years) }
protocol cv = kfold(5)
score m: mae
// table: c: 60 people; lh_a number; lh_b number; age number; sex F*30 M*30

// error[E0610] 2:67 `residualize` reads the column `age`, which is what `years` predicts
// also 3:8
// hint: leave `age` out of `on`
