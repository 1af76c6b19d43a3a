param width: int = 2.5
param rate: float = 1e-3
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(width) }
// table: c: x number; y number
