cohort here = table("here.csv")
cohort there = table("there.csv")
modality a: vector[_] = columns(/^ct_/ |> standardize)
model m(a) { a |> Linear(2) }
// table: here: ct_left number; ct_right number
// table: there: ct_left number; CT_right number
