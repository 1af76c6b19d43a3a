cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[2] = c.columns(y, z)
group parts = [a, b]
model m(parts) {
  let h = for p in parts { p |> Linear(4) }
  h |> Linear(2)
}
// table: c: x number; y number; z number

// error[E0403] 7:3 expected a tensor, found a family
// hint: pick a member with `[m]`, or join the members with `concat`, `sum`, `mean`, `max` or `poe`
