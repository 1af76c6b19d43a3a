cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[5] = c.columns(x, y, z, u, v)
model m(a, b) {
  output s = a |> Linear(4)
  output z = b |> Linear(5)
}
train m {
  minimize mse(m.s |> Linear(2), a) + margin(near: same subject, far: same modality, of: [m.s, m.z])
    + margin(near: same subject, far: same subjekt, of: [m.s, m.s])
}
score m.z: mse, against: b
// table: c: x number; y number; z number; u number; v number

// error[E0302] 9:90 `margin`: a margin is between alike values, and these are [4] and [5]
// hint: give it one family
// error[E0204] 10:39 `far` of `margin` cannot be `same subjekt`
// hint: did you mean `same subject`?
