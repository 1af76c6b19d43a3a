/// The result is there for everybody who has at least one; here everybody has a.
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[3]? = c.columns(x, y, z)
group parts = [a, b]
block Encoder(x: [n]) -> normal[4] { normal(mean: x |> Linear(4), log_var: x |> Linear(4)) }
model m(parts) {
  let each = for p in parts { p |> Encoder() }
  output own = each
  output joint = poe(each) |> sample
}
// table: c: x number; y number; z number

// shape: m.own[a] = normal[4]
// shape: m.own[b] = normal[4]?
// shape: m.joint = [4]
// parameters: m = 56
