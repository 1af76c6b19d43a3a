cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
model m(a) -> age { a |> Linear(1) }
train m { minimize mse(m, age) }
score m: mae, auc
// table: c: x number; y number; age number

// error[E0407] 6:15 `auc` does not measure numbers, and `age` holds numbers
// also 3:8
// hint: for numbers: mae, mse, r2, pearson
