cohort c = table("people.csv")
modality a: vector[2] = c.columns([x, y] |> zscore)
model m(a) { a |> Linear(2) }
// table: c: x number; y number
