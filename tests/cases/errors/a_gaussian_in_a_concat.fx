cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
block Encoder(x: [n]) -> normal[4] { normal(mean: x |> Linear(4), log_var: x |> Linear(4)) }
model m(a) {
  let q = a |> Encoder()
  concat(q, a) |> Linear(2)
}
// table: c: x number; y number
