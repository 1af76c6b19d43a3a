cohort c = table("people.csv") { keep agee < 45 }
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(2) }
// table: c: x number; y number; age number

// error[E0704] 1:39 the table of `c` has no column `agee`
// hint: did you mean `age`? or map it in the cohort: rename agee from ".."
