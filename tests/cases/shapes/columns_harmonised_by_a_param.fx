param harmonised: bool = true
cohort c = table("people.csv")
modality left: vector[_] = columns(
  /^lh_.*_thickness$/ |> combat(by: site, keep: [sex], if: harmonised) |> standardize,
)
modality rest: vector[3] = c.columns(
  [age, lh_a_thickness] |> residualize(on: [sex, hand |> onehot], if: not harmonised),
  sex |> onehot([F]),
)
target dx: class{HC, AD} = c.column("dx")
model m(left, rest) -> dx {
  output v = left
  output r = rest
  concat(left, rest) |> Linear(2)
}
train m { minimize cross_entropy(m, dx) }
protocol cv = kfold(5, stratify: [dx])
score m: auc
sweep with: harmonised { compare auc }
// table: c: 60 people; lh_a_thickness number; lh_b_thickness number; age number; sex F*30 M*30; hand 1 2 3; site A*30 B*30; dx HC*30 AD*30

// shape: m.v = [2]
// shape: m.r = [3]
// variants: 2
