cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { (a ?? zeros) |> Linear(2) }
// table: c: x number; y number

// error[E0503] 3:15 everybody has this value: there is nothing to replace
// also 2:10
// hint: remove `??`, or declare the input with `?` if some people lack it
