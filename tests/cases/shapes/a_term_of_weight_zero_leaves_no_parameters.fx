/// The second output is computed for the second term only, which is gone: 2*2 + 2 parameters are left of 12.
param alpha: real = 0
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) {
  output one = a |> Linear(2)
  output two = a |> Linear(2)
}
train m { minimize mse(m.one, a) + alpha * mse(m.two, a) }
score m.one: mse, against: a
// table: c: x number; y number

// shape: m.one = [2]
// shape: m.two = [2]
// parameters: m = 6
