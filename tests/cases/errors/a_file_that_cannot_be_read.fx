use "blocks.fx".Encoder
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(2) }
// table: c: x number; y number

// error[E0102] 1:5 `blocks.fx` cannot be read: there is no such file
// hint: paths are relative to the file that names them
