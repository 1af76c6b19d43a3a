cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
block Embed(x: [n]) -> [4] { x |> Linear(4) }
model first(a) { a |> Embed() |> Linear(2) }
model second(a) -> sex { a |> Embed() |> relu |> Linear(2) }
train second { init second.Embed from first.Embed, minimize cross_entropy(second, sex) }
train first { minimize mse(first, a) }
score second: auc
// table: c: x number; y number; sex F M

// shape: first = [2]
// shape: second = [2]
// parameters: first = 22
// parameters: second = 22
