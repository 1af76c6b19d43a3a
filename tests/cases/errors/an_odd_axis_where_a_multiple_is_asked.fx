cohort c = table("people.csv")
modality a: vector[3] = c.columns(x, y, z)
block Halves(x: [2*n]) -> [n] { x |> Linear(n) }
model m(a) { a |> Halves() }
// table: c: x number; y number; z number

// error[E0304] 4:14 3 is not a multiple of 2
// also 3:18
// hint: pad or crop the input to a multiple
