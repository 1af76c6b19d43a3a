cohort people = table("people.csv")
modality a: vector[1] = people.columns(age)
target dx: class{HC, AD} = people.column("dx")
model m(a) -> dx { a |> Linear(2) }
train m { minimize cross_entropy(m, dx) }
protocol cv = kfold(5, stratify: [dx])
score m: auc
// table: people: 60 people; age number; dx HC*57 AD*3

// warning[W0955] 6:15 5 folds, and 3 with dx = AD
// also 3:8
// hint: kfold(3, stratify: [dx])
