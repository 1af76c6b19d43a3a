cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { concat(thick, thick, dim: 1) }

// error[E0202] 3:39 `concat` has no argument `dim`
// hint: `dim` is called `axis` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
