cohort c = table("c.csv")
modality about: vector[3] = c.columns(a, sex |> one_hot)
model m(about) { about |> Linear(2) }

// error[E0705] 2:49 there is no step for columns `one_hot`
// hint: did you mean `onehot`?
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
