cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
block Encoder(x: [n]) -> normal[4] { normal(mean: x |> Linear(4), log_var: x |> Linear(4)) }
block Decoder(z: [n]) -> [2] { z |> Linear(2) }
model m(a) { a |> Encoder() |> Decoder() }
// table: c: x number; y number

// error[E0401] 5:14 `z` needs numbers, found normal[4]
// also 4:18
// hint: take a draw with `|> sample`, or its `.mean`
