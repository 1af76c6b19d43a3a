/// The bracket of `Linear(` is open; the declaration after it is read all the same.
cohort c = table("people.csv")
modality a: vector[3] = c.columns(x, y, z
param width: itn = 4
// table: c: x number; y number; z number
