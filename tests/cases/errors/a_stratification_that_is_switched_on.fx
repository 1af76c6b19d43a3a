cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
protocol cv = kfold(5, stratify: true)

// error[E0204] 6:34 `stratify` takes the columns whose distribution is kept
// hint: name them: `stratify: [diagnosis, sex]`, or leave it out
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
