param width: int = 2.5
param rate: float = 1e-3
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(width) }
// table: c: x number; y number

// error[E0801] 1:20 `width` is of type int, found `2.5`
// also 1:14
// error[E0801] 2:13 `float` is not a type of parameters
// hint: `float` is called `real` here
