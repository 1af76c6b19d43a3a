cohort c = table("people.csv")
modality a: vector[5] = c.columns([x, y] |> standardize, sex |> onehot, missing: iterative(flags: [y]))
modality b: vector[7] = c.columns([x, y] |> standardize, sex |> onehot, missing: mean(flags: true))
model m(a, b) { concat(a, b) |> Linear(2) }
// table: c: x number; y number; sex F M

// shape: m = [2]
