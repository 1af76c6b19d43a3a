cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target age: real = c.column("age")
model m(thick) -> age { thick |> Linear(1) }
train m { minimize cross_entropy(m, age) }

// error[E0403] 5:37 `cross_entropy` compares with a class or a mask, and the target is a single number
// also 4:25
// also 3:8
// hint: numbers are compared by mse(prediction, target)
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
