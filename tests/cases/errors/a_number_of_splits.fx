cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
protocol cv = kfold(n_splits: 5)

// error[E0202] 6:21 `kfold` has no argument `n_splits`
// hint: `n_splits` is called `folds` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
