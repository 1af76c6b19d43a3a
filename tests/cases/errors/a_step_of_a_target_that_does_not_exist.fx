cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age") |> standardise
model m(a) -> age { a |> Linear(1) }
// table: c: x number; y number; age number

// error[E0705] 3:39 there is no step for a target `standardise`
// hint: `standardise` is called `standardize` here
