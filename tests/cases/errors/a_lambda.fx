cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick |> lambda x: x }

// error[E0101] 3:34 `x` cannot stand here
// hint: a function of tensors is declared: `block Name(x: [n]) -> [n] { .. }`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
