param width: int = 4
param rate: real = 1e-3
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(width) |> relu |> Linear(2) }
train m { minimize mse(m, a), optimizer Adam(lr: rate) }
score m: mse, against: a
sweep pairs: [width, rate] in [[4, 1e-3], [8, 1e-3], [16, 1e-4]] { compare mse }
sweep rates: rate in [1e-3, 1e-2] { compare mse }
// table: c: x number; y number

// shape: m = [2]
// parameters: m = 22
// variants: 5
