cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  metrics [accuracy]
}

// error[E0210] 7:3 a stage has no clause `metrics`
// hint: metrics are asked outside of the stage: `score m: auc`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
