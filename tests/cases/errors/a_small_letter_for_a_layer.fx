cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick |> linear(16) }

// error[E0201] 3:27 nobody declared `linear`
// hint: did you mean `Linear`?
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
