cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
protocol cv = holdout(test_size: 0.2)

// error[E0202] 6:23 `holdout` has no argument `test_size`
// hint: `test_size` is called `test` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
