cohort c = table("people.csv")
modality a: vector[4] = c.columns(age |> standardize, [sex, site] |> onehot)
model m(a) { a |> Linear(2) }
// table: c: age number; sex F M; site A B C

// error[E0309] 2:13 `a` is declared with 4 columns, the selection gives 6
// also 2:25
// hint: write vector[6], or vector[_] to take what there is; one-hot and flags count as columns
