cohort c = table("people.csv")
modality a: vector[2]? = c.columns(x, y)
modality b: vector[2]? = c.columns(y, z)
group parts = [a, b]
model m(parts) {
  let h = for p in parts { p |> Linear(4) }
  output mean = mean(h)
  output max = max(h)
  output sum = sum(h)
}
// table: c: x number; y number; z number

// shape: m.mean = [4]
// shape: m.max = [4]
// shape: m.sum = [4]
// parameters: m = 24
