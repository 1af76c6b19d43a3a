param width: int = 2
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(width) |> Linear(2) }
train m { minimize mse(m, a) }
score m: mse, against: a
sweep none: width in [2, 4] { compare mse }
// table: c: x number; y number

// error[E0205] 7:7 `none` is taken: `--sweep none` runs no sweep at all
// hint: give it another name, such as what it varies: `sweep methods: ..`
