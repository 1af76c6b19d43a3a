cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(2) }
train m { minimize mse(m, a) }
protocol cv = kfold(5, stratify: [diagnosys])
score m: mse, against: a
// table: c: x number; y number; diagnosis A B

// error[E0704] 5:35 the table of `c` has no column `diagnosys`
// hint: did you mean `diagnosis`? or map it in the cohort: rename diagnosys from ".."
