cohort c = table("people.csv")
modality a: vector[_] = c.columns(/^lh_/ |> combat(by: site, keep: [age |> standardize]))
target dx: class{HC, AD} = c.column("dx")
model m(a) -> dx { a |> Linear(2) }
train m { minimize cross_entropy(m, dx) }
protocol cv = kfold(5, stratify: [dx])
score m: auc
// table: c: 60 people; lh_a number; lh_b number; age number; sex F*30 M*30; site A*30 B*30; dx HC*30 AD*30

// error[E0705] 2:76 `keep` of `combat` takes columns as they are
// hint: `|> onehot` makes levels of a column of numbers
