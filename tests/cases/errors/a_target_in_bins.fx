cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age") |> bins(4)
model m(a) -> age { a |> Linear(1) }
// table: c: x number; y number; age number

// error[E0721] 3:39 `bins` cannot be undone, and what is predicted is told in the unit of the column
// hint: `standardize`, `minmax` and `log` can be undone; groups of a number are a class
