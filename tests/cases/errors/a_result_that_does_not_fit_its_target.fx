cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target diagnosis: class{control, mci, ad} = c.column("diagnosis")
model m(a) -> diagnosis { a |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
score m: auc
// table: c: x number; y number; diagnosis ad control mci

// error[E0310] 4:27 model `m` predicts `diagnosis` and needs 3 numbers, one for each of control, mci, ad; it gives [2]
// also 4:15
// also 3:8
// hint: end with `|> Linear(3)`
