cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[3] = c.columns(x, y, z)
// table: c: x number; y number; z number; age number; sex F M
group parts = [a, b]
model m(parts) {
  let h = for p in parts { p |> Linear(4) }
  output each = h
  output joined = concat(h)
  output second = h[b]
}

// shape: m.each[a] = [4]
// shape: m.each[b] = [4]
// shape: m.joined = [8]
// shape: m.second = [4]
// parameters: m = 28
