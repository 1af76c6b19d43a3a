/// `in` asks whether a parameter, or a member of a group, is one of several.
param fusion: one_of(early, middle, late) = middle
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[2] = c.columns(y, z)
group all = [a, b]
group some = [b]
model m(all) {
  output by_word = if fusion in [middle, late] { concat(a, b) } else { a }
  output by_member = concat(for i in all if i in some { i |> Linear(3) })
  output by_number = fold i in 0..4 from a { x => if i in 1..3 { x |> Linear(5) } else { x } }
}
// table: c: x number; y number; z number

// shape: m.by_word = [4]
// shape: m.by_member = [3]
// shape: m.by_number = [5]
