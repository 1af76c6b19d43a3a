cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  schedule ReduceLROnPlateau(patience: 5)
}

// error[E0201] 7:12 there is no schedule `ReduceLROnPlateau`
// hint: `ReduceLROnPlateau` is called `Plateau` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
