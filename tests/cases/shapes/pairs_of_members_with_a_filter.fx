cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[2] = c.columns(y, z)
modality d: vector[2] = c.columns(x, z)
group parts = [a, b, d]
model m(parts) {
  let codes = for p in parts { p |> Linear(4) }
  output crossed = for i, j in parts if i != j { concat(codes[i], codes[j]) }
  output all = for i, j in parts { codes[i] * codes[j] }
}
// table: c: x number; y number; z number

// shape: m.crossed[a, b] = [8]
// shape: m.crossed[a, d] = [8]
// shape: m.crossed[b, a] = [8]
// shape: m.crossed[b, d] = [8]
// shape: m.crossed[d, a] = [8]
// shape: m.crossed[d, b] = [8]
// shape: m.all[a, a] = [4]
// shape: m.all[a, b] = [4]
// shape: m.all[a, d] = [4]
// shape: m.all[b, a] = [4]
// shape: m.all[b, b] = [4]
// shape: m.all[b, d] = [4]
// shape: m.all[d, a] = [4]
// shape: m.all[d, b] = [4]
// shape: m.all[d, d] = [4]
// parameters: m = 36
