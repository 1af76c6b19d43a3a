param width: int = 4
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(width) }
// set: width=wide
// table: c: x number; y number
