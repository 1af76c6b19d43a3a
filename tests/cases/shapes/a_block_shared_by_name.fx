cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[2] = c.columns(y, z)
block Encoder(x: [n]) -> [8] { x |> Linear(16) |> relu |> Linear(8) }
model m(a, b) {
  let encoder = Encoder()
  concat(a |> encoder, b |> encoder)
}
// table: c: x number; y number; z number

// shape: m = [16]
// parameters: m = 184
