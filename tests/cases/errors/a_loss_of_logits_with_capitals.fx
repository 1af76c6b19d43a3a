cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target age: real = c.column("age")
model m(thick) -> age { thick |> Linear(1) }
train m { minimize nn.BCEWithLogitsLoss(m, age) }

// error[E0201] 5:20 nobody declared `nn.BCEWithLogitsLoss`
// hint: `nn.BCEWithLogitsLoss` is called `binary_cross_entropy(.., logits: true)` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
