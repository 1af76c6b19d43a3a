cohort c = table("people.csv")
modality a: vector[2] = c.columns([age, sex] |> standardize)
model m(a) { a |> Linear(2) }
// table: c: age number; sex F M
