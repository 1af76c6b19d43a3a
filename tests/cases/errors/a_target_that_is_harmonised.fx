cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age") |> standardize |> combat(by: site)
model m(a) -> age { a |> Linear(1) }
// table: c: x number; y number; age number; site A B

// error[E0721] 3:54 `combat` cannot be undone, and what is predicted is told in the unit of the column
// hint: write `combat` in what the model reads: c.columns(.. |> combat(..))
