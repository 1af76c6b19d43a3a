/// Settings are looked for within a range, among the options of a param, and among values of a list.
param rate: real = 1e-3
param width: int = 8
param layers: int = 1
param unit: one_of(relu, tanh) = relu
param strength: real = 1
cohort people = table("people.csv")
modality measures: vector[3] = people.columns(a, b, c)
target age: real = people.column("age")
model years(measures) -> age {
  (fold i in 0..layers from measures { x => x |> Linear(width) |> unit }) |> Linear(1)
}
train years { minimize mse(years, age), optimizer Adam(lr: rate), keep best mae on validation }
baseline linear(measures) -> age = ridge(strength)
score years, linear: mae
search settings: rate in log(1e-4..1e-2), width in [8, 16], unit {
  choose mae of years
  trials 30
  sampler tpe(startup: 8)
  prune median(startup: 4, warmup: 5)
  seed 3
}
search penalty: strength in log(1e-3..1e3) { choose r2 of linear, trials 10 }
sweep depths: layers in [1, 2] { compare mae }
// table: people: 60 people; a number; b number; c number; age number

// shape: years = [1]
// variants: 2
