cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  keep best val_loss
}

// error[E0211] 7:13 there is no metric `val_loss`
// hint: the loss on the validation subjects is `loss`: `keep best loss`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
