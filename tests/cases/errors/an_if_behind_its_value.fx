cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
param deep: bool = true
model m(thick) { thick if deep else thick |> Linear(2) }

// error[E0101] 4:24 `if` cannot stand here
// hint: conditionals are written `if a { b } else { c }`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
