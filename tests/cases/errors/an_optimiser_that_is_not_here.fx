cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  optimizer RMSprop(lr: 1e-3)
}

// error[E0201] 7:13 there is no optimizer `RMSprop`
// hint: there is Adam, AdamW, SGD, RAdam
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
