cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { for i in 0..3: thick |> Linear(2) }

// error[E0101] 3:31 expected `{`, found `:`
// hint: a body stands in braces: `{ .. }`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
