cohort people = table("people.csv") { keep age > 150 }
modality a: vector[1] = people.columns(age)
target dx: class{HC, AD} = people.column("dx")
model m(a) -> dx { a |> Linear(2) }
train m { minimize cross_entropy(m, dx) }
score m: auc
// table: people: 60 people; age number; dx HC*30 AD*30
// no table: people: keep: nobody is left; 60 found, 60 left out: keep age > 150

// error[E0706] 1:44 cohort `people`: nobody is left
// also 1:17
