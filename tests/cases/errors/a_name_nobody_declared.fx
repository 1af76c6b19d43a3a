cohort c = table("people.csv")
modality cortex: vector[3] = c.columns(x, y, z)
model m(cortex) { cortx |> Linear(2) }
// table: c: x number; y number; z number

// error[E0201] 3:19 nobody declared `cortx`
// hint: did you mean `cortex`?
