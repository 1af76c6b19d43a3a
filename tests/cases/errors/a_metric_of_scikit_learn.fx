cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
score m: roc_auc_score

// error[E0211] 6:10 there is no metric `roc_auc_score`
// hint: `roc_auc_score` is called `auc` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
