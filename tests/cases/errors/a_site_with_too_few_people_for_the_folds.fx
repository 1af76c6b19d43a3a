cohort c = table("people.csv")
modality a: vector[_] = c.columns(/^lh_/ |> combat(by: site))
target dx: class{HC, AD} = c.column("dx")
model m(a) -> dx { a |> Linear(2) }
train m { minimize cross_entropy(m, dx) }
protocol cv = kfold(5, stratify: [dx])
score m: auc
// table: c: 60 people; lh_a number; lh_b number; site A*55 B*3 C*2; dx HC*30 AD*30

// warning[W0957] 2:56 `site` = `C` has 2 of the people of `c`, and in some fold 1 of them trains
// hint: leave the site out: keep site != "C"
