cohort c = table("c.csv")
target diagnosis: class[2] = c.column("diagnosis")

// error[E0703] 2:19 a class has at least two levels
// hint: write them in braces: class{control, patient}
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
