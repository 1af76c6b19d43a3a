param fusion: one_of(early, late) = early
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) {
  match fusion {
    erly => a |> Linear(2)
    else => a |> Linear(4) |> Linear(2)
  }
}
// table: c: x number; y number

// error[E0410] 6:5 `erly` is not an option of `fusion`
// also 1:15
// hint: did you mean `early`?
