cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
param a: bool = true
param b: bool = true
model m(thick) { if a && b { thick } else { thick |> Linear(2) } }

// error[E0101] 5:23 `&` is not part of the language
// hint: conditions are joined by `and`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
