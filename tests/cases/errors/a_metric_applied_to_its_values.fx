cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
score m: accuracy(m, diagnosis)

// error[E0202] 6:19 `accuracy` is given nothing to compare
// hint: what is judged stands before the colon, its truth is the model's target: `score m: accuracy`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
