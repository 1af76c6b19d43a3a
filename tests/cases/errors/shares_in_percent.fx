cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
protocol cv = holdout(train: 80, test: 20)

// error[E0204] 6:30 `train` of `holdout` takes a number from 0 to 1, found 80
// hint: as a share: `train: 0.8`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
