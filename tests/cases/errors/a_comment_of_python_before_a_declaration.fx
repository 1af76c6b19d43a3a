cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
# the model
model m(thick) { thick |> Linear(2) }

// error[E0101] 3:1 `#` is not part of the language
// hint: comments begin with `//`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
