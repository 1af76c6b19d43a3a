param fusion: one_of(sum, concat, first) = concat
param deep: bool = true
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[2] = c.columns(y, z)
model m(a, b) {
  let h = match fusion {
    sum => a + b
    concat => concat(a, b)
    first => a
  }
  if deep and fusion != first { h |> Linear(8) |> relu |> Linear(2) } else { h |> Linear(2) }
}
// table: c: x number; y number; z number

// shape: m = [2]
// parameters: m = 58
