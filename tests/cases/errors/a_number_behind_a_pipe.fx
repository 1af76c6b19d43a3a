cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
param width: int = 4
model m(a) { a |> width }
// table: c: x number; y number

// error[E0405] 4:19 a whole number cannot be applied
// hint: behind `|>` stands a function or a module
