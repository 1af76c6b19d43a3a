/// Settings that cannot be are told before anything runs.
cohort people = table("people.csv")
modality measures: vector[3] = people.columns(a, b, c)
target age: real = people.column("age")
target diagnosis: class{HC, AD} = people.column("diagnosis")
param rate: real = 1e-3
param width: int = 8
model years(measures) -> age { measures |> Linear(width) |> relu |> Linear(1) }
train years { minimize mse(years, age), optimizer Adam(lr: rate) }
score years: mae
param layers: int = 1
block Deep(layers: int)(x: [n]) -> [n] { if layers == 1 { x |> Linear(n) } else { x |> Linear(n + layers) } }
model other(measures) -> age { measures |> Deep(layers) |> Linear(1) }
train other { minimize mse(other, age) }
search settings: layers in 1..=2 { choose mae of other, trials 2 }
// table: people: 60 people; a number; b number; c number; age number; diagnosis HC AD; sex F M

// error[E0305] 12:42 with layers = 2
// hint: 
