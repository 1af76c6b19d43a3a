cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  patience 10
}

// error[E0210] 7:3 a stage has no clause `patience`
// hint: it belongs to `stop early(patience: 10)`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
