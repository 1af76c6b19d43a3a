cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  criterion cross_entropy(m, diagnosis)
}

// error[E0210] 6:3 a stage has no clause `criterion`
// hint: `criterion` is called `minimize` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
