cohort c = table("people.csv")
modality a: vector[3] = c.columns(x, y, z)
block Down(x: [c, d, h, w]) -> [c, d, h, w] { x |> relu }
model m(a) { a |> Down() }
// table: c: x number; y number; z number
