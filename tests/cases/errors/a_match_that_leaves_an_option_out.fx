param fusion: one_of(early, late, none) = early
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) {
  match fusion {
    early => a |> Linear(2)
    late => a |> Linear(4) |> Linear(2)
  }
}
// table: c: x number; y number

// error[E0409] 5:9 `match` leaves out `none`
// also 1:15
// hint: add none => ..
