cohort c = table("people.csv")
modality a: vector[_] = c.columns(/^lh_/ |> combat(by: site, keep: [age, site]))
target dx: class{HC, AD} = c.column("dx")
model m(a) -> dx { a |> Linear(2) }
train m { minimize cross_entropy(m, dx) }
protocol cv = kfold(5, stratify: [dx])
score m: auc
// table: c: 60 people; lh_a number; lh_b number; age number; sex F*30 M*30; site A*30 B*30; dx HC*30 AD*30

// error[E0204] 2:74 `site` is what `combat` takes away
// also 2:56
// hint: leave `site` out of `keep`
