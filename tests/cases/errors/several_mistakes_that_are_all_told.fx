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
