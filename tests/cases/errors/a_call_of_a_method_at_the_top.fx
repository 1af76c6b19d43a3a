cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
m.fit(thick, diagnosis)

// error[E0101] 5:1 expected a declaration, found `m`
// hint: nothing is called at the top of a file: `train m { .. }` trains a model, `score m: auc` measures it
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
