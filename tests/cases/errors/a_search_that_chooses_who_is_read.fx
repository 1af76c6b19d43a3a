/// A search does not change who is read.
cohort people = table("people.csv")
modality measures: vector[3] = people.columns(a, b, c)
target age: real = people.column("age")
target diagnosis: class{HC, AD} = people.column("diagnosis")
param rate: real = 1e-3
param width: int = 8
model years(measures) -> age { measures |> Linear(width) |> relu |> Linear(1) }
train years on people { minimize mse(years, age), optimizer Adam(lr: rate) }
score years: mae
param oldest: int = 80
cohort others = table("others.csv") { keep age < oldest }
score years on others: mae
search settings: oldest in [60, 80] { choose mae of years, trials 2 }
// table: others: 60 people; a number; b number; c number; age number; diagnosis HC AD
// table: people: 60 people; a number; b number; c number; age number; diagnosis HC AD; sex F M

// error[E0813] 14:18 oldest = 60 changes who is read
// hint: `sweep`
