cohort people = table("people.csv")
modality a: vector[2] = people.columns([age, score] |> standardize)
condition b: vector[1]? = people.columns(score)
modality c: vector[1] = people.columns(score, missing: mean)
target dx: class{HC, AD} = people.column("dx")
model m(a, b, c) -> dx { concat(a, b ?? zeros, c) |> Linear(2) }
train m { minimize cross_entropy(m, dx) }
score m: auc
// table: people: 60 people; age number; score number, 7 missing; dx HC*30 AD*30

// warning[W0953] 2:10 7 of 60 in `people` lack a cell of `score` and are left out
// hint: fill them in: columns(.., missing: mean); or let `a` be absent
