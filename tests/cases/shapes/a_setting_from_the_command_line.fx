param width: int = 4
param fusion: one_of(early, late) = early
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { if fusion == late { a |> Linear(width) |> Linear(2) } else { a |> Linear(2) } }
// set: width=16
// set: fusion=late
// table: c: x number; y number

// shape: m = [2]
// parameters: m = 82
