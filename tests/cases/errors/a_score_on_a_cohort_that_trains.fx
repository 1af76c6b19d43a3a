cohort c = table("c.csv")
modality thick: vector[3] = columns(a, b, d |> standardize)
cohort patients = table("p.csv")
target diagnosis: class{HC, AD} = column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
score m on patients: auc

// error[E0602] 7:12 models are trained on `patients`, whose people are divided
// also 3:8
// hint: `on test` are those that a fold keeps aside
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
// table: patients: a number; b number; d number; age number; sex F M; diagnosis HC AD
