/// Everybody, women or men, as many of each; the model is the same.
param learns_from: one_of(everybody, women, men) = everybody
cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target age: real = c.column("age")
model m(thick) -> age { thick |> Linear(1) }
train m {
  minimize mse(m, age)
  within match learns_from { everybody => everybody, women => sex == F, men => sex == M }
  take 0.4
}
protocol cv = kfold(5, stratify: [sex], seed: 1)
score m: mae
score m: mae, within: sex
sweep sexes: learns_from { compare mae against everybody }
// table: c: 90 people; a number; b number; d number; age number; sex F*40 M*50

// shape: m = [1]
// variants: 3
