cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { { "code": thick |> Linear(2) } }

// error[E0101] 3:20 expected a name or `}`, found `"code"`
// hint: a word stands without quotes: `code`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
