cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
param deep: bool = true
model m(thick) {
  if deep: thick |> Linear(2)
}

// error[E0101] 5:10 expected `{`, found `:`
// hint: a body stands in braces: `{ .. }`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
