cohort c = table("people.csv")
modality a: vector[_] = c.columns(/^rh_/)
model m(a) { a |> Linear(2) }
// table: c: lh_a number; lh_b number

// error[E0704] 2:35 no column of `c` matches /^rh_/
// hint: its columns are lh_a, lh_b, ..
