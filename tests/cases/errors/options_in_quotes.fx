cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
param mode: one_of("early", "late") = early
model m(thick) { thick |> Linear(2) }

// error[E0101] 3:20 expected a name or `)`, found `"early"`
// hint: a word stands without quotes: `early`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
