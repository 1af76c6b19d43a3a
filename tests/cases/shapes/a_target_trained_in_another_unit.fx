/// Trained on standardised logarithms of years, scored in years; the five best of ten by years on those who validate.
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age") |> log |> standardize
model m(a) -> age { a |> Linear(1) }
baseline b(a) -> age = ridge()
train m { minimize mse(m, age), keep best mae on validation }
protocol split = holdout(train: 0.8, validation: 0.1, test: 0.1, repeats: 10)
score m, b: mae
ensemble m over repeats, best: 5
ensemble b over runs, best: 2, by: r2
// table: c: x number; y number; age number

// shape: m = [1]
// shape: b = [1]
