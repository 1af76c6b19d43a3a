cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(4000000000000 * 4000000000000) }
// table: c: x number; y number
