/// The bracket of `Linear(` is open; the declaration after it is read all the same.
cohort c = table("people.csv")
modality a: vector[3] = c.columns(x, y, z
param width: itn = 4
// table: c: x number; y number; z number

// error[E0101] 3:34 `(` is never closed
// hint: add the matching `)`
// error[E0801] 4:14 `itn` is not a type of parameters
// hint: did you mean `int`?
