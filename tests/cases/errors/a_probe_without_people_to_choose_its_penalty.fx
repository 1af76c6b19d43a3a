cohort people = table("people.csv")
modality a: vector[2] = people.columns(x, y)
target diagnosis: class{HC, AD} = people.column("diagnosis")
model m(a) { output z = a |> Linear(3) }
train m { minimize mse(m.z |> Linear(2), a) }
protocol cv = kfold(3, validation: 0, seed: 1)
analysis probe = logistic_probe(m.z, diagnosis)
// table: people: x number; y number; diagnosis HC AD

// error[E0602] 7:18 there are no validation subjects to choose the penalty on
// hint: give the protocol some (kfold(5, validation: 0.1)), or write `search: 0`
