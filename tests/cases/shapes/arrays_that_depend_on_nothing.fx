cohort c = table("people.csv")
modality a: vector[3] = c.columns(x, y, z)
group parts = [a]
model m(parts) {
  output weighed = for p in parts { p * Parameter(3)() + (constant(position(p, parts)) |> Linear(3)) }
  concat(weighed)
}
// table: c: x number; y number; z number

// shape: m = [3]
// parameters: m = 9
