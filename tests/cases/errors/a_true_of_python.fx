cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick |> Linear(2, bias: False) }

// error[E0201] 3:43 nobody declared `False`
// hint: write `false`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
