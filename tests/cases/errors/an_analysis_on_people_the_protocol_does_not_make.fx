cohort people = table("people.csv")
modality a: vector[2] = people.columns(x, y)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
group parts = [a]
model m(parts) { output z = for p in parts { p |> Linear(3) } }
analysis probe = logistic_probe(m.z, diagnosis, on: holdout)
analysis near = retrieval(m.z by subject, on: everyone)
train m { minimize mse(m.z[a] |> Linear(2), a) }
// table: people: x number; y number; age number; diagnosis HC AD; site A B

// error[E0602] 7:53 the protocol makes no `holdout` subjects
// hint: a single division has training, validation and test subjects: use `on test`
// error[E0204] 8:47 `on` of `retrieval` cannot be `everyone`
// hint: it is one of unseen, test, holdout, all
