cohort c = table("people.csv")
modality cortex: vector[3] = c.columns(x, y, z)
model m(cortex) { cortx |> Linear(2) }
// table: c: x number; y number; z number
