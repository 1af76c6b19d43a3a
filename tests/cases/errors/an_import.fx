import torch
cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick |> Linear(2) }

// error[E0101] 1:1 expected a declaration, found `import`
// hint: other files are brought in with `use`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
