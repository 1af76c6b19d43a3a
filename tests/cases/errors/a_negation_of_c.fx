cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
param deep: bool = true
model m(thick) { if !deep { thick } else { thick |> Linear(2) } }

// error[E0101] 4:21 `!` is not part of the language
// hint: a condition is reversed by `not`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
