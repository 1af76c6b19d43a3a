cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(4000000000000 * 4000000000000) }
// table: c: x number; y number

// error[E0411] 3:26 the result is too large for a whole number
// hint: whole numbers go up to 9223372036854775807
