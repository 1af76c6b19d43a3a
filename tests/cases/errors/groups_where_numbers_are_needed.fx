cohort people = table("people.csv")
modality a: vector[2] = people.columns(x, y)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
group parts = [a]
model m(parts) { output z = for p in parts { p |> Linear(3) } }
analysis strata = affinity_propagation(m.z)
analysis tied = correlation(strata, people.age)
analysis town = one_sample_t(people.site)
analysis sick = linear_probe(m.z, diagnosis)
train m { minimize mse(m.z[a] |> Linear(2), a) }
// table: people: x number; y number; age number; diagnosis HC AD; site A B

// error[E0403] 8:29 `strata` gives groups, and `correlation` needs numbers here
// hint: groups stand behind `by`: kruskal_wallis(x by strata)
// error[E0403] 9:30 `people.site` gives groups, and `one_sample_t` needs numbers here
// hint: groups stand behind `by`: kruskal_wallis(x by people.site)
// error[E0403] 10:35 `diagnosis` gives groups, and `linear_probe` needs numbers here
// hint: groups stand behind `by`: kruskal_wallis(x by diagnosis)
