cohort c = table("people.csv")
modality a: vector[2] = c.columns(agee, sex)
model m(a) { a |> Linear(2) }
// table: c: age number; sex 0 1

// error[E0704] 2:35 the table of `c` has no column `agee`
// hint: did you mean `age`? or map it in the cohort: rename agee from ".."
