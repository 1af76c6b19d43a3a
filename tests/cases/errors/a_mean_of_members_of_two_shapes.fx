cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[3] = c.columns(x, y, z)
group parts = [a, b]
model m(parts) { mean(for p in parts { p }) |> Linear(2) }
// table: c: x number; y number; z number

// error[E0302] 5:18 `mean` of [2] and [3]
// also 2:10
// also 3:10
// hint: members that are pooled must have one shape
