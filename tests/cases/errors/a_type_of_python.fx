cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
param lr: float = 1e-3
model m(thick) { thick |> Linear(2) }

// error[E0801] 3:11 `float` is not a type of parameters
// hint: `float` is called `real` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
