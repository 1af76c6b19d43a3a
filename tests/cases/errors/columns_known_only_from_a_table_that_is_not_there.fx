cohort c = table("people.csv")
modality a: vector[_] = c.columns(/^lh_/ |> standardize)
model m(a) { a |> Linear(2) }
