cohort people = table("server/people.csv")
modality a: vector[1] = people.columns(age)
target dx: class{HC, AD} = people.column("dx")
model m(a) -> dx { a |> Linear(2) }
train m { minimize cross_entropy(m, dx) }
score m: auc
// no table: people: elsewhere: there is no table at server/people.csv; check the path; it is relative to the working folder

// warning[W0951] 1:17 cohort `people`: there is no table at server/people.csv
// hint: check the path
