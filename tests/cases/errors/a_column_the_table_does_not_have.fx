cohort c = table("people.csv")
modality a: vector[2] = c.columns(agee, sex)
model m(a) { a |> Linear(2) }
// table: c: age number; sex 0 1
