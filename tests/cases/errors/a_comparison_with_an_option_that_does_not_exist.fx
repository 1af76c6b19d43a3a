param fusion: one_of(early, late) = early
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { if fusion == lat { a |> Linear(2) } else { a |> Linear(3) } }
// table: c: x number; y number

// error[E0410] 4:27 `lat` is not an option of `fusion`
// also 1:15
// hint: did you mean `late`?
