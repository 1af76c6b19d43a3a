cohort people = table("people.csv")
modality a: vector[2] = people.columns(x, y)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
group parts = [a]
model m(parts) { output z = for p in parts { p |> Linear(3) } }
analysis strata = for p in parts { affinity_propagation(m.z[p]) }
analysis differ = kruskal_wallis(people.age by strata)
analysis other = kruskal_wallis(people.age by strata[b])
train m { minimize mse(m.z[a] |> Linear(2), a) }
// table: people: x number; y number; age number; diagnosis HC AD; site A B

// error[E0403] 8:48 `strata` is a family of analyses
// hint: pick one: strata[a]
// error[E0207] 9:47 `strata` has no member [b]
// hint: it has [a]
