cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a, c) { a |> Linear(2) }
// table: c: x number; y number

// error[E0403] 3:12 `c` is a cohort: people, not a value
// hint: modalities are read from it: modality m: vector[3] = c.columns(..)
