cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex") |> onehot
model m(a) -> sex { a |> Linear(2) }
// table: c: x number; y number; sex F M

// error[E0705] 3:46 a class is read as it is
// hint: steps change numbers: declare a real, or columns
