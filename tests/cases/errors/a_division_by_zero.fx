param width: int = 4
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(8 / (width - 4)) }
// table: c: x number; y number

// error[E0411] 4:26 8 / 0 has no result
// hint: it is worked out while the file is compiled: change what makes the 0
