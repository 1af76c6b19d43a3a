cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) { thick |> Linear(3) }
train m { minimize cross_entropy(m, diagnosis) }

// error[E0302] 5:34 `cross_entropy`: the prediction has 3 scores, [3], and the target 2 levels (HC, AD)
// also 4:18
// also 3:8
// hint: end the model with `Linear(2)`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
