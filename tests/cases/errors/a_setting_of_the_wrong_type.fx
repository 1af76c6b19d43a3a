param width: int = 4
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(width) }
// set: width=wide
// table: c: x number; y number

// error[E0801] 1:7 `width` is of type int, found `wide`
// also 1:14
// hint: it was set from outside: --set width=wide
