cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: real = c.column("sex")
model m(a) -> sex { a |> Linear(1) }
// table: c: x number; y number; sex F M

// error[E0703] 3:13 column `sex` of `c` holds text: line 2 has "F"
// also 3:29
// hint: declare it as a class: class{A, B}
