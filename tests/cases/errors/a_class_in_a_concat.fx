cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
condition sex: class{F, M} = c.column("sex")
model m(a, sex) { concat(a, sex) |> Linear(2) }
// table: c: x number; y number; sex F M

// error[E0402] 4:29 `concat`: numbers are needed here, and this is class{F, M}
// also 2:10
// also 3:11
// hint: make 0/1 columns of it with `|> one_hot`, or a learned row with `|> Embedding(8)`
