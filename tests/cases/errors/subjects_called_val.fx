cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
score m on val: auc

// error[E0602] 6:12 there are no `val` subjects
// hint: `val` is called `validation` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
