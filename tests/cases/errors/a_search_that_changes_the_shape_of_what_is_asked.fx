/// What is asked must have one shape in all folds.
cohort people = table("people.csv")
modality measures: vector[3] = people.columns(a, b, c)
target age: real = people.column("age")
target diagnosis: class{HC, AD} = people.column("diagnosis")
param rate: real = 1e-3
param width: int = 8
model years(measures) -> age { measures |> Linear(width) |> relu |> Linear(1) }
train years { minimize mse(years, age), optimizer Adam(lr: rate) }
score years: mae
param size: int = 4
model code(measures) {
  output z = measures |> Linear(size)
  output back = z |> Linear(3)
}
train code { minimize mse(code.back, measures) }
score code.back: mse, against: measures
analysis groups = affinity_propagation(code.z)
search settings: size in [2, 4] { choose mse of code.back against measures, trials 2 }
// table: people: 60 people; a number; b number; c number; age number; diagnosis HC AD; sex F M

// error[E0813] 19:18 changes what `z` is
// hint: `sweep`
