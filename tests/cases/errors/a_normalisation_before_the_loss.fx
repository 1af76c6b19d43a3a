cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target age: real = c.column("age")
model m(thick) -> age { thick |> Linear(8) |> relu |> Linear(1) |> BatchNorm() }
train m { minimize mse(m, age) }
score m: mae

// warning[W0909] 4:25 a `BatchNorm` is the last layer before the loss
// also 5:20
// hint: let a layer follow it
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
