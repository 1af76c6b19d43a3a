// Weights from a file may be trained on, or used as they are; a `param` may name the file.
// weights: old.safetensors: m.Linear.weight [4, 3]; m.Linear.bias [4]; m.Linear_2.weight [2, 4]; m.Linear_2.bias [2]
// table: people: a number; b number; c number; y A B
// shape: m = [2]

param old: text = "old.safetensors"
cohort people = table("people.csv")
modality thick: vector[3] = people.columns(a, b, c)
target y: class{A, B} = people.column("y")

model m(thick) -> y { thick |> Linear(4) |> relu |> Linear(2) }
train m {
  init m from "old.safetensors"
  freeze m.Linear
  minimize cross_entropy(m, y)
}
train m {
  init m.Linear_2 from old
  minimize cross_entropy(m, y)
}
score m: auc
