cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  batch_size 16
}

// error[E0210] 7:3 a stage has no clause `batch_size`
// hint: `batch_size` is called `batch` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
