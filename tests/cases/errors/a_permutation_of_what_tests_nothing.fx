cohort people = table("people.csv")
modality a: vector[2] = people.columns(x, y)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
group parts = [a]
model m(parts) { output z = for p in parts { p |> Linear(3) } }
analysis strata = affinity_propagation(m.z)
analysis chance = permutation(strata, times: 100)
analysis luck = permutation(m.z)
train m { minimize mse(m.z[a] |> Linear(2), a) }
// table: people: x number; y number; age number; diagnosis HC AD; site A B

// error[E0403] 8:31 `strata` tests nothing that labels could be shuffled for
// hint: name an analysis that is one of one_sample_t, two_sample_t, mann_whitney, kruskal_wallis, correlation
// error[E0403] 9:29 `m.z` is no analysis
// hint: name an analysis that is one of one_sample_t, two_sample_t, mann_whitney, kruskal_wallis, correlation
