cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target diagnosis: class{control, patiant} = c.column("diagnosis")
model m(a) -> diagnosis { a |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
score m: auc
// table: c: x number; y number; diagnosis control patient

// error[E0703] 3:19 nobody in `c` has diagnosis = patiant
// also 3:54
// hint: the column has control, patient
