cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick |> Linear(4) |> ReLU() |> Linear(2) }

// error[E0201] 3:40 nobody declared `ReLU`
// hint: did you mean `relu`?
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
