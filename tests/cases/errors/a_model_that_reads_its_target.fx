cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a, sex) -> sex { concat(a, sex |> one_hot) |> Linear(2) }
// table: c: x number; y number; sex F M
