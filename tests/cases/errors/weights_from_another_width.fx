// error[E0858] 12:15 `m.Linear.weight` is [4, 3] here, and [8, 3] in the file
// also 10:23
// hint: so do `m.Linear.bias`, `m.Linear_2.weight`
// weights: wide.safetensors: m.Linear.weight [8, 3]; m.Linear.bias [8]; m.Linear_2.weight [2, 8]; m.Linear_2.bias [2]
// table: people: a number; b number; c number; y A B

cohort people = table("people.csv")
modality thick: vector[3] = people.columns(a, b, c)
target y: class{A, B} = people.column("y")
model m(thick) -> y { thick |> Linear(4) |> relu |> Linear(2) }
train m {
  init m from "wide.safetensors"
  minimize cross_entropy(m, y)
}
score m: auc
