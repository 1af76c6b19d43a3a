cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  augment noise(0.1)
}
score m: auc

// warning[W0911] 7:3 `augment` changes images, and the stage of `m` reads none
// also 5:7
// hint: leave it out
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
