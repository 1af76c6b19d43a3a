cohort people = table("people.csv")
modality a: vector[1] = people.columns(age)
target dx: class{HC, AD} = people.column("dx")
model m(a) -> dx { a |> Linear(2) }
train m { minimize cross_entropy(m, dx) }
protocol cv = kfold(20)
score m: auc
// table: people: 12 people; age number; dx HC*6 AD*6

// error[E0606] 6:15 20 folds of 12 people
// hint: kfold(12) at most
