cohort people = table("people.csv")
modality a: vector[1] = people.columns(age)
target dx: class{HC, AD} = people.column("dx")
model m(a) -> dx { a |> Linear(2) }
train m { minimize cross_entropy(m, dx) }
score m: auc
// table: people: 651 people; age number; dx HC*100 AD*90, 461 missing

// warning[W0954] 3:8 461 of 651 in `people` have no `dx`
// hint: keep those who have it
