cohort c = table("people.csv")
modality a: vector[2] = c.columns([x, y] |> zscore)
model m(a) { a |> Linear(2) }
// table: c: x number; y number

// error[E0705] 2:45 `zscore` is a step of images, this is a column
// hint: for columns write `standardize`
