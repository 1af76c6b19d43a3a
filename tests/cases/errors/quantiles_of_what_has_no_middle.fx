cohort people = table("people.csv")
modality a: vector[2] = people.columns(x, y)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
group parts = [a]
model m(parts) { output z = for p in parts { p |> Linear(3) } }
analysis strata = affinity_propagation(m.z)
analysis profile = quantiles(people.x)
train m { minimize mse(m.z[a] |> Linear(2), a) }
// table: people: x number; y number; age number; diagnosis HC AD; site A B

// error[E0403] 8:30 `quantiles` needs the middle of groups here
// hint: median(x by g) or mean(x by g): quantiles(median(factors.scores by strata))
