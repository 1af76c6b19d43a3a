param fusion: one_of(early, late) = middle
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { if fusion == late { a |> Linear(2) } else { a |> Linear(3) } }
// table: c: x number; y number

// error[E0410] 1:37 `middle` is not an option of `fusion`
// also 1:15
// hint: it is one of early, late
