cohort c = table("people.csv")
modality a: vector[6] = c.columns(/x/)
model m(a) { a |> Conv3d(8) }
// table: c: x1 number; x2 number; x3 number; x4 number; x5 number; x6 number

// error[E0301] 3:14 `Conv3d` reads [c, d, h, w], and this is [6]
// also 2:10
// hint: `|> reshape(1, 6)` makes one channel of 6 places of it, `|> reshape(6, 1)` 6 channels of one
