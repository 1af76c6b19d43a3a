cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
condition sex: class{F, M} = c.column("sex")
model m(a, sex) { a + sex }
// table: c: x number; y number; sex F M
