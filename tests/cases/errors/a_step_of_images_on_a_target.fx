cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age") |> zscore
model m(a) -> age { a |> Linear(1) }
// table: c: x number; y number; age number

// error[E0705] 3:39 `zscore` is a step of images, this is a target
// hint: `standardize`, `minmax` and `log` can be undone
