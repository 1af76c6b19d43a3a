param width: int = 4
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(width) }
// set: widht=8
// table: c: x number; y number

// error[E0802] 1:1 `--set widht=8`: the file has no parameter `widht`
// hint: did you mean `--set width=8`?
