cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick |> Linear(16, activation: relu) }

// error[E0202] 3:38 `Linear` has no argument `activation`
// hint: a function of each element stands behind the layer: `|> relu`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
