/// One Linear, applied twice: 2*4 + 4 parameters, not twice as many.
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[2] = c.columns(y, z)
model m(a, b) {
  let encoder = Linear(4)
  encoder(a) + encoder(b)
}
// table: c: x number; y number; z number

// shape: m = [4]
// parameters: m = 12
