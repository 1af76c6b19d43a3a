cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m on training { minimize cross_entropy(m, diagnosis) }

// error[E0201] 5:12 there is no cohort `training`
// hint: a stage trains on the training subjects by itself: `train m { .. }`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
