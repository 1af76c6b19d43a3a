cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
param width: int = 4
model m(a) { a |> width }
// table: c: x number; y number
