cohort c = table("c.csv")
target age: real = c.columns(age)
model m(age) { age }

// error[E0703] 2:13 `real` cannot be read from columns
// also 2:20
// hint: a single column is read so: c.column("age")
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
