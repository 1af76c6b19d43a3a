cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize mse(m, diagnosis) }

// error[E0402] 5:27 `mse` compares numbers, and the target is class{HC, AD}
// also 4:31
// also 3:8
// hint: cross_entropy(prediction, target)
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
