cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[3] = c.columns(x, y, z)
block Embed(x: [n]) -> [4] { x |> Linear(4) }
model first(a) { a |> Embed() |> Linear(2) }
model second(b) { b |> Embed() |> Linear(3) }
train first { minimize mse(first, a) }
train second { init second.Embed from first.Embed, minimize mse(second, b) }
score first: mse, against: a
score second: mse, against: b
// table: c: x number; y number; z number

// error[E0855] 8:21 `second.Embed.Linear` holds [4, 3] and [4], `first.Embed.Linear` holds [4, 2] and [4]
// hint: weights can only be taken from a module of the same shape
