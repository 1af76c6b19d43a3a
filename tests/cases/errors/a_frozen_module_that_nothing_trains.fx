cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
block Embed(x: [n]) -> [4] { x |> Linear(4) }
model m(a) { a |> Embed() |> Linear(2) }
train m { freeze m.Embed, minimize mse(m, a) }
score m: mse, against: a
// table: c: x number; y number

// error[E0855] 5:7 `m.Embed.Linear` is frozen, and no stage trains it
// hint: train it in a stage of its own, or do not freeze it
