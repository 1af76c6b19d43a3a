cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
protocol cv = kfold(1)

// error[E0204] 6:15 one fold leaves nobody to train on
// hint: for a single division write holdout(train: 0.8, validation: 0.1, test: 0.1)
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
