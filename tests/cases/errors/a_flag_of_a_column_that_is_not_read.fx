cohort c = table("people.csv")
modality a: vector[_] = c.columns(age, abeta, missing: mean(flags: [abetta]))
model m(a) { a |> Linear(2) }
train m { minimize mse(m, a) }
score m: mse, against: a
// table: c: age number; abeta number

// error[E0704] 2:69 `abetta` is not among the columns that are read here
// hint: did you mean `abeta`?
