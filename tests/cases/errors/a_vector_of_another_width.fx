cohort c = table("people.csv")
modality a: vector[4] = c.columns(age |> standardize, [sex, site] |> onehot)
model m(a) { a |> Linear(2) }
// table: c: age number; sex F M; site A B C
