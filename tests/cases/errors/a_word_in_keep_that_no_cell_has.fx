param held: one_of(A, Z) = Z
cohort people = table("people.csv") {
  keep site != held
  keep sex in [F, MALE]
  keep stage == "mild"
}
modality a: vector[1] = people.columns(age)
target dx: class{HC, AD} = people.column("dx")
model m(a) -> dx { a |> Linear(2) }
train m { minimize cross_entropy(m, dx) }
score m: auc
// table: people: 60 people; age number; site A*20 B*40; sex F*30 M*30; stage Mild*20 severe*40; dx HC*30 AD*30

// error[E0707] 3:16 nobody in `people` has site = Z
// also 3:8
// hint: did you mean "A" (of `held`)?
// error[E0707] 4:19 nobody in `people` has sex = MALE
// also 4:8
// hint: the column has F, M
// warning[W0952] 5:17 nobody in `people` has stage = mild
// also 5:8
// hint: did you mean "Mild"?
