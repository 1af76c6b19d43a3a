cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
cohort patients = table("c.csv")
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
score m on patients: auc

// error[E0602] 7:12 there are no `patients` subjects
// also 3:8
// hint: `on` says which part of a division: test, validation, training or holdout
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
// table: patients: a number; b number; d number; age number; sex F M; diagnosis HC AD
