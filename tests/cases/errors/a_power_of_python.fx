cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick ** 2 }

// error[E0101] 3:25 expected a value, found `*`
// hint: powers are written `a ^ b`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
