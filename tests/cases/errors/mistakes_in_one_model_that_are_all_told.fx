cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) {
  let left = a |> Liner(4)
  let right = a |> Linear(4) |> rlu
  output both = concat(left, right)
  output other = a |> Linear(fetures: 3)
}
// table: c: x number; y number
