cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { if a > 0 { a |> Linear(2) } else { a |> Linear(3) } }
// table: c: x number; y number

// error[E0408] 3:17 the comparison depends on the data
// hint: comparisons are of parameters and of the members of a group
