use "heads.fx".{Head, twice}
use std.blocks.LinearBnRelu
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> LinearBnRelu(8) |> Head() }
train m { minimize twice(m, a) }
score m: mse, against: a
// table: c: x number; y number
// file heads.fx:
//| param hidden: int = 4
//| block Head(x: [n]) -> [2] { x |> Linear(hidden) |> Linear(2) }
//| loss twice(u, v) = 2 * mse(u, v)

// shape: m = [2]
// parameters: m = 78
