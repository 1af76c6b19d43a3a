cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { a |> Linear(2) }
model n(a) { a |> Linear(1) }
train m { minimize cross_entropy(m, sex) }
train n { minimize mse(n, a |> Linear(1)) }
analysis e = residuals(m)
analysis f = residuals(n)
// table: c: x number; y number; sex F M

// error[E0403] 8:24 `m` predicts `sex`, which is no number of a column
// also 4:7
// hint: of classes there is `score ..: confusion`
// error[E0403] 9:24 `n` says not what it predicts
// also 5:7
// hint: name the target in the model's head: model m(..) -> age
