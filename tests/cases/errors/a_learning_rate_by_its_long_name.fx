cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  optimizer Adam(learning_rate: 1e-3)
}

// error[E0202] 7:18 `Adam` has no argument `learning_rate`
// hint: `learning_rate` is called `lr` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
