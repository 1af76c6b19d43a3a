// error[E0858] 12:24 the file has no weight `m.Linear_2.weight`, nor `m.Linear_2.bias`
// also 10:23
// hint: it has `net.2.bias`, `net.2.weight`; `fascicle weights import` renames with a map
// weights: torch.safetensors: net.2.weight [2, 4]; net.2.bias [2]
// table: people: a number; b number; c number; y A B

cohort people = table("people.csv")
modality thick: vector[3] = people.columns(a, b, c)
target y: class{A, B} = people.column("y")
model m(thick) -> y { thick |> Linear(4) |> relu |> Linear(2) }
train m {
  init m.Linear_2 from "torch.safetensors"
  minimize cross_entropy(m, y)
}
score m: auc
