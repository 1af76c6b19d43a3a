cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
protocol cv = kfold(5, seed=1)

// error[E0101] 6:28 expected `)`, `,` or `:`, found `=`
// hint: write `seed: 1`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
