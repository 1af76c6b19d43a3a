cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[3] = c.columns(x, y, z)
model m(a, b) {
  let encoder = Linear(4)
  encoder(a) + encoder(b)
}
// table: c: x number; y number; z number

// error[E0307] 6:16 this `Linear` was first applied to [2], and now to [3]
// also 6:3
// hint: make one `Linear` for each, or bring both inputs to one shape
