cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[3] = c.columns(x, y, z)
model m(a, b) {
  let encoder = Linear(4)
  encoder(a) + encoder(b)
}
// table: c: x number; y number; z number
