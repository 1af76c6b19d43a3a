cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  optimizer Adam(m, lr: 1e-3)
}

// error[E0202] 7:18 `Adam` takes no `m`
// hint: an optimizer moves what its stage trains; its settings but `lr` are given by name
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
