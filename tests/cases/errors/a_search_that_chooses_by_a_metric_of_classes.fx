/// Years are numbers.
cohort people = table("people.csv")
modality measures: vector[3] = people.columns(a, b, c)
target age: real = people.column("age")
target diagnosis: class{HC, AD} = people.column("diagnosis")
param rate: real = 1e-3
param width: int = 8
model years(measures) -> age { measures |> Linear(width) |> relu |> Linear(1) }
train years { minimize mse(years, age), optimizer Adam(lr: rate) }
score years: mae
search settings: width in [8, 16] { choose auc of years, trials 2 }
// table: people: 60 people; a number; b number; c number; age number; diagnosis HC AD; sex F M

// error[E0407] 11:44 does not measure numbers
// hint: mae
