cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a, sex) -> sex { concat(a, sex |> one_hot) |> Linear(2) }
// table: c: x number; y number; sex F M

// error[E0603] 4:12 `sex` is a target: a model cannot read it
// also 3:8
// hint: declare it as a `condition` if it is known in use; `-> sex` says that it is predicted
