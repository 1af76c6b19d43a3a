cohort c = table("people.csv") { keep age < fourty and sex == "F", subject 12 }
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(2) }
// table: c: x number; y number; age number; sex F M
