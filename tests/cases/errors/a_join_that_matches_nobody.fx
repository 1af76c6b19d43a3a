cohort people = table("people.csv") { join "sites.csv" }
modality a: vector[1] = people.columns(age)
modality b: vector[1] = people.columns(age)
target dx: class{HC, AD} = people.column("dx")
model m(a, b) -> dx { concat(a, b) |> Linear(2) }
train m { minimize cross_entropy(m, dx) }
score m: auc
// no table: people: join: sites.csv joins nobody: its column `ID` has `A1`, `A2`, `A3`, and `participant_id` `sub-1`, `sub-2`, `sub-3`; rows meet people by their identifiers

// error[E0706] 1:44 cohort `people`: sites.csv joins nobody
// also 1:17
// hint: rows meet people by their identifiers
