cohort people = table("people.csv")
modality a: vector[2] = people.columns(x, y)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
group parts = [a]
model m(parts) { output z = for p in parts { p |> Linear(3) } }
analysis strata = affinity_propagation(m.z, damping: 10 in 0.2..1)
analysis others = affinity_propagation(m.z, preference: 10 in percentile(1..990), keep: best one)
analysis few = factor_analysis(people.columns(x, y), keep: values > 1)
train m { minimize mse(m.z[a] |> Linear(2), a) }
// table: people: x number; y number; age number; diagnosis HC AD; site A B

// error[E0204] 7:60 `damping` lies between 0.5 and 1
// hint: for example: damping: 10 in 0.5..1
// error[E0204] 8:63 percentiles lie between 0 and 100
// hint: for example: preference: 10 in percentile(1..99)
// error[E0204] 8:89 `keep` of `affinity_propagation` cannot be `best one`
// hint: it is one of best silhouette
// error[E0204] 9:60 `keep` says how many factors stay
// hint: keep: eigenvalue > 1, or a number of them: keep: 3
