cohort c = table("c.csv")
modality about: vector[2] = c.columns([a, b] |> fillna(0))
model m(about) { about |> Linear(2) }

// error[E0705] 2:49 there is no step for columns `fillna`
// hint: missing cells are an argument of all columns: `columns(age, sex |> onehot, missing: mean)`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
