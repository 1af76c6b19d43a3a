cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
block Encoder(x: [n]) -> normal[4] { normal(mean: x |> Linear(4), log_var: x |> Linear(4)) }
model m(a) {
  let q = a |> Encoder()
  concat(q, a) |> Linear(2)
}
// table: c: x number; y number

// error[E0401] 6:10 `concat`: Gaussians cannot be concatenated
// also 3:38
// also 2:10
// hint: fuse them with `poe(..)`, or concatenate what was drawn from each: `|> sample`
