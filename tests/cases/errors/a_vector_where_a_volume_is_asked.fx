cohort c = table("people.csv")
modality a: vector[3] = c.columns(x, y, z)
block Down(x: [c, d, h, w]) -> [c, d, h, w] { x |> relu }
model m(a) { a |> Down() }
// table: c: x number; y number; z number

// error[E0306] 4:14 `x` of `Down` has 4 axes, found 1 of [3]
// also 3:15
// also 2:10
