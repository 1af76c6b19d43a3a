cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[2]? = c.columns(y, z)
model m(a, b) {
  output zeros = concat(a, b ?? zeros)
  output mean = concat(a, b ?? mean)
  output other = concat(a, b ?? a)
  output later = concat(a, (b |> Linear(3)) ?? zeros)
}
// table: c: x number; y number; z number

// shape: m.zeros = [4]
// shape: m.mean = [4]
// shape: m.other = [4]
// shape: m.later = [5]
// parameters: m = 9
