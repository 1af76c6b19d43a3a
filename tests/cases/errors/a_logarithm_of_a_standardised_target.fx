cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age") |> standardize |> log
model m(a) -> age { a |> Linear(1) }
// table: c: x number; y number; age number

// error[E0705] 3:54 a logarithm of scaled numbers: some of them are not above 0
// also 3:39
// hint: take the logarithm first: column("age") |> log |> standardize
