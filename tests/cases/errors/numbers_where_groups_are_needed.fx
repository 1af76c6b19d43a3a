cohort people = table("people.csv")
modality a: vector[2] = people.columns(x, y)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
group parts = [a]
model m(parts) { output z = for p in parts { p |> Linear(3) } }
analysis factors = factor_analysis(people.columns(x, y))
analysis old = kruskal_wallis(m.z by age)
analysis told = logistic_probe(m.z, factors.scores)
analysis near = retrieval(m.z by age)
train m { minimize mse(m.z[a] |> Linear(2), a) }
// table: people: x number; y number; age number; diagnosis HC AD; site A B

// error[E0403] 8:38 `age` is a number for every subject, and groups are needed
// hint: a class, or a column with few values: kruskal_wallis(deviation.mean by patients.stage)
// error[E0403] 9:37 `factors.scores` is numbers for every subject, and groups are needed
// hint: a class, or a column with few values: kruskal_wallis(deviation.mean by patients.stage)
// error[E0403] 10:34 `age` is a number for every subject, and groups are needed
// hint: a class or a column with few values, or subject, modality
