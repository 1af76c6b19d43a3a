cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[3] = c.columns(x, y, z)
// table: c: x number; y number; z number; age number; sex F M
loss both(u, v, weight = 0.5) = mse(u, v) + weight * l1(u, v)
loss halves(u, v) {
  let difference = u - v
  mean(difference |> square |> reduce_mean |> batch_mean, l1(u, v))
}
model m(a, b) { concat(a, b) |> Linear(2) }
train m { minimize both(m, a) + both(m, a, weight: 2) + halves(m, a) }
score m: mse, against: a

// shape: m = [2]
// parameters: m = 12
