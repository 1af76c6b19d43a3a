cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
condition age: real = c.column("age") |> standardize
model m(a, age) { concat(a, age) |> Linear(1) }
// table: c: x number; y number; age number

// error[E0705] 3:42 of single numbers a target alone has steps
// hint: for scaled columns declare a vector: c.columns(age |> standardize)
