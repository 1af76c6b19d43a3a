cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  optimizer Adam(lr: "1e-3")
}

// error[E0204] 7:22 `lr` of `Adam` takes a number from 0 to 1000, found "1e-3"
// hint: without quotes: 1e-3
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
