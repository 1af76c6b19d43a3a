cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
protocol cv = leave_one_out()

// error[E0204] 6:15 there is no protocol `leave_one_out`
// hint: make as many folds as there are subjects: `kfold(40)` of 40
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
