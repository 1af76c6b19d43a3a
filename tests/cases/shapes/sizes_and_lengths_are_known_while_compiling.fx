cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[3] = c.columns(x, y, z)
// table: c: x number; y number; z number; age number; sex F M
group parts = [a, b]
model m(parts) {
  let width = 2 * size(b) + length(parts)
  concat(for p in parts { p }) |> Linear(width)
}

// shape: m = [8]
// parameters: m = 48
