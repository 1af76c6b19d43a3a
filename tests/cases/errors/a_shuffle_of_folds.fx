cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
protocol cv = kfold(5, shuffle: true)

// error[E0202] 6:24 `kfold` has no argument `shuffle`
// hint: subjects are always shuffled: leave it out
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
