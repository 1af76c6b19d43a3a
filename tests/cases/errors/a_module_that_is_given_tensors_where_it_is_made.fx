cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { Linear(thick, 16) }

// error[E0204] 3:25 `outputs` of `Linear` takes a whole number of at least 1, found an input
// hint: a layer is made, then applied: `thick |> Linear(..)`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
