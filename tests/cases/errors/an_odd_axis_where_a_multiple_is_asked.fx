cohort c = table("people.csv")
modality a: vector[3] = c.columns(x, y, z)
block Halves(x: [2*n]) -> [n] { x |> Linear(n) }
model m(a) { a |> Halves() }
// table: c: x number; y number; z number
