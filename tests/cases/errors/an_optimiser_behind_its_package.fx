cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  optimizer torch.optim.Adam(lr: 1e-3)
}

// error[E0204] 7:13 expected optimizer: Adam, AdamW, SGD, RAdam
// hint: write `Adam(..)`: without quotes, and nothing before it
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
