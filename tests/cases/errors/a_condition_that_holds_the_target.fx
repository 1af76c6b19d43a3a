cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
condition record: vector[_] = c.columns(age, diagnosis |> onehot)
target diagnosis: class{control, patient} = c.column("diagnosis")
model m(a, record) -> diagnosis { concat(a, record) |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
score m: auc
// table: c: x number; y number; age number; diagnosis control patient

// error[E0605] 3:11 `record` holds the column `diagnosis`, which is what `diagnosis` predicts
// also 4:8
// hint: leave `diagnosis` out of the columns of `record`
