cohort people = table("people.csv")
modality a: vector[2] = people.columns(x, y)
condition about: vector[2] = people.columns(age |> standardize, z |> standardize)
target diagnosis: class{HC, AD} = people.column("diagnosis")
model m(a, about) { output code = concat(a, about) |> Linear(3) }
train m { minimize mse(m.code |> Linear(2), a) }
analysis old = linear_probe(m.code, people.columns(age, w))
analysis raw = linear_probe(people.columns(x, w), people.w)
analysis sick = logistic_probe(m.code, diagnosis)
// table: people: x number; y number; z number; w number; age number; diagnosis HC AD

// warning[W0906] 7:16 the probe tells `age`, which the model reads from `about`
// also 3:11
// hint: leave `age` out of `about`, unless it is asked whether the model keeps it
// warning[W0906] 8:16 the probe tells `w` from `w` itself
// hint: leave `w` out of the columns
