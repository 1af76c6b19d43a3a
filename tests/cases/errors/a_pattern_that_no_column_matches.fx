cohort c = table("people.csv")
modality a: vector[_] = c.columns(/^rh_/)
model m(a) { a |> Linear(2) }
// table: c: lh_a number; lh_b number
