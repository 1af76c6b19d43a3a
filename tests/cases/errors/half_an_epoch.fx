cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  epochs 0.5
}

// error[E0204] 7:10 `epochs` takes a whole number of at least 1, found 0.5
// hint: give a whole number of at least 1
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
