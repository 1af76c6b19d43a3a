cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick |> Linear(2, std: None) }

// error[E0201] 3:42 nobody declared `None`
// hint: there is no such value: what is not given is left out
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
