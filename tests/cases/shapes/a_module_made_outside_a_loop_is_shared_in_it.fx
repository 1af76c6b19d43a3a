cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[2] = c.columns(y, z)
group parts = [a, b]
model m(parts) {
  let shared = Linear(4)
  concat(for p in parts { p |> shared })
}
// table: c: x number; y number; z number

// shape: m = [8]
// parameters: m = 12
