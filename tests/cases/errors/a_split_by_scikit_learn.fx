cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
protocol cv = train_test_split(test_size: 0.2)

// error[E0204] 6:15 there is no protocol `train_test_split`
// hint: `train_test_split` is called `holdout(..)` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
