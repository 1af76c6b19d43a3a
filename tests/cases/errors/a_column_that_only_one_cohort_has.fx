cohort here = table("here.csv")
cohort there = table("there.csv")
modality a: vector[_] = columns(/^ct_/ |> standardize)
model m(a) { a |> Linear(2) }
// table: here: ct_left number; ct_right number
// table: there: ct_left number; CT_right number

// error[E0704] 3:33 1 columns that match in `here` are not in `there`: ct_right
// hint: select columns that both have, or map them in the cohort with `rename`; `ct_right` may be its `CT_right`
