cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
block Embed(x: [n]) -> [4] { x |> Linear(4) }
model first(a) { a |> Embed() |> Linear(2) }
model second(a) { a |> Embed() |> Linear(2) }
train first { minimize mse(first, a) }
train second { init second.Embed from first.Embd, minimize mse(second, a) }
score second: mse, against: a
// table: c: x number; y number

// error[E0206] 7:39 no module has the path `first.Embd`
// also 3:30
// hint: did you mean `first.Embed`?
