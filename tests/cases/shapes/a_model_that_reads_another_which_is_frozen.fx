cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model code(a) {
  output z = a |> Linear(4)
  output back = z |> relu |> Linear(2)
}
model head(code.z) -> sex { code.z |> Linear(2) }
train code { minimize mse(code.back, a) }
train head { freeze code, minimize cross_entropy(head, sex) }
score head: auc
// table: c: x number; y number; sex F M

// shape: code.z = [4]
// shape: code.back = [2]
// shape: head = [2]
// parameters: code = 22
// parameters: head = 22
