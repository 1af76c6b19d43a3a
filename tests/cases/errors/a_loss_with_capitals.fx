cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize CrossEntropyLoss()(m, diagnosis) }

// error[E0201] 5:20 nobody declared `CrossEntropyLoss`
// hint: `CrossEntropyLoss` is called `cross_entropy` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
