cohort c = table("people.csv") { where age < 45 }
modality a: vector[1] = c.columns(age)
model m(a) { a |> Linear(2) }
// table: c: age number

// error[E0210] 1:34 a cohort has no clause `where`
// hint: `where` is called `keep` here
