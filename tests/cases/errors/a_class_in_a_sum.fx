cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
condition sex: class{F, M} = c.column("sex")
model m(a, sex) { a + sex }
// table: c: x number; y number; sex F M

// error[E0402] 4:23 expected numbers, found class{F, M}
// also 3:11
// hint: use `|> one_hot` or `|> Embedding(8)`
