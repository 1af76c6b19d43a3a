cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[2] = c.columns(y, z)
model m(a, b) { fool(Linear(2), [a, b]) }
// table: c: x number; y number; z number

// error[E0403] 4:17 `fool` trains a critic, and only a stage trains
// hint: write it into `minimize`
