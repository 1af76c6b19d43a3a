cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(diagnosis, m) }

// error[E0402] 5:34 `cross_entropy`: the prediction comes first, and this is class{HC, AD}
// also 3:8
// also 4:31
// hint: cross_entropy(prediction, target)
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
