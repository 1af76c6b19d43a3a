cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick @ thick }

// error[E0101] 3:24 `@` is not part of the language
// hint: matrices are multiplied by `matmul`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
