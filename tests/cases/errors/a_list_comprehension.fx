cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { concat([thick |> Linear(2) for i in 0..3]) }

// error[E0101] 3:45 expected `,` or `]`, found `for`
// hint: a family is written `for i in 0..3 { .. }`, without brackets around it
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
