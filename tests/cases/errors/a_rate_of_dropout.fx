cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick |> Dropout(rate: 0.5) }

// error[E0202] 3:35 `Dropout` has no argument `rate`
// hint: `rate` is called `p` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
