cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  stop 10
}

// error[E0204] 7:8 expected `early(patience: 10)`
// hint: write: stop early(patience: 10)
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
