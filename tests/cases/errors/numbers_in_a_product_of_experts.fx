cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { poe(prior, a |> Linear(4)) |> sample }
// table: c: x number; y number
