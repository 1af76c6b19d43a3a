cohort c = table("people.csv") { keep age < fourty and sex == "F", subject 12 }
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(2) }
// table: c: x number; y number; age number; sex F M

// error[E0204] 1:76 expected the name of a column
// hint: a name that is no word stands in quotes: "Age at scan"
