// error[E0858] 12:15 no weights can be taken from this: there is no file `gone.safetensors`
// error[E0206] 13:8 no module has the path `m.Lin`
// hint: there is m, m.Linear, m.Linear_2
// table: people: a number; b number; c number; y A B


cohort people = table("people.csv")
modality thick: vector[3] = people.columns(a, b, c)
target y: class{A, B} = people.column("y")
model m(thick) -> y { thick |> Linear(4) |> relu |> Linear(2) }
train m {
  init m from "gone.safetensors"
  init m.Lin from "gone.safetensors"
  minimize cross_entropy(m, y)
}
score m: auc
