cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  stop early(patience: 10)
  keep last
}
score m: auc

// warning[W0910] 8:3 `keep last` keeps the last of those
// also 7:3
// hint: write `keep best`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
