cohort c = table("people.csv")
modality a: vector[2] = c.columns([age, sex] |> standardize)
model m(a) { a |> Linear(2) }
// table: c: age number; sex F M

// error[E0705] 2:41 column `sex` of `c` holds text (F, M), not numbers: line 2 has "F"
// hint: make columns of its levels: sex |> onehot
