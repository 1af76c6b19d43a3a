cohort people = table("people.csv")
modality a: vector[2] = people.columns(x, y)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
group parts = [a]
model m(parts) { output z = for p in parts { p |> Linear(3) } }
analysis strata = affinity_propagation(m.z)
analysis tied = correlation(strata.silhouette, people.age)
analysis loaded = factor_analysis(people.columns(x, y))
analysis apart = kruskal_wallis(loaded.loadings by strata)
train m { minimize mse(m.z[a] |> Linear(2), a) }
// table: people: x number; y number; age number; diagnosis HC AD; site A B

// error[E0403] 8:29 `strata.silhouette` is one number, and `correlation` needs numbers by subject
// hint: numbers by subject are columns, outputs of models, and fields such as `deviation.z`
// error[E0403] 10:33 `loaded.loadings` is a table that is not of subjects, and `kruskal_wallis` needs numbers by subject
// hint: numbers by subject are columns, outputs of models, and fields such as `deviation.z`
