cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick |> Linear(units: 16) }

// error[E0202] 3:34 `Linear` has no argument `units`
// hint: `units` is called `outputs` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
