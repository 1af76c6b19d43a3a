cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[2] = c.columns(y, z)
modality other: vector[1] = c.columns(z)
group parts = [a, b]
model m(parts, other) {
  let h = for p in parts { p |> Linear(4) }
  concat(h[a], h[other]) |> Linear(2)
}
// table: c: x number; y number; z number

// error[E0207] 8:18 the family has no member [other]
// also 8:16
// hint: it has [a], [b]
