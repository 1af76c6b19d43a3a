/// Five declarations are broken; each has an error of its own, and what is sound stays quiet.
param width: int = "eight"
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, yy)
modality b: vector[2] = c.columns(y, z)
target sex: class{F, M} = c.column("sex")
block Head(n: int)(x: [k]) -> [n] { x |> Linear(n) }
model one(b) -> sex { b |> Head(3) }
model two(b) -> sex { b |> Hed(2) }
model three(b) -> sex { b |> Head(2) }
train three { minimize cross_entropy(three, sex), epochs "many" }
score three: auc
protocol cv = kfolds(5)
// table: c: x number; y number; z number; sex F M

// error[E0801] 2:20 `width` is of type int, found "eight"
// also 2:14
// error[E0704] 4:38 the table of `c` has no column `yy`
// hint: did you mean `y`? or map it in the cohort: rename yy from ".."
// error[E0310] 7:37 model `one` predicts `sex` and needs 2 numbers, one for each of F, M; it gives [3]
// also 8:17
// also 6:8
// hint: end with `|> Linear(2)`
// error[E0201] 9:28 nobody declared `Hed`
// hint: did you mean `Head`?
// error[E0204] 11:58 `epochs` takes a whole number of at least 1, found "many"
// hint: give a whole number of at least 1
// error[E0204] 13:15 there is no protocol `kfolds`
// hint: did you mean `kfold`?
