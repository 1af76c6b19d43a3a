cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick |> Linear(3, 16) }

// error[E0204] 3:37 `bias` of `Linear` takes true or false, found 16
// hint: how much comes in is known: write `Linear(16)`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
