/// The paths differ and the table does not: each cohort would be divided by itself.
cohort young = table("data/people.csv") { keep age < 45 }
cohort women = table("./data/../data//people.csv") { keep sex == "F" }
modality a: vector[2] = columns(x, y)
target sex: class{F, M} = column("sex")
model m(a) -> sex { a |> Linear(2) }
train m on young, women { minimize cross_entropy(m, sex) }
score m: auc
// table: young: x number; y number; age number; sex F M
// table: women: x number; y number; age number; sex F M

// error[E0604] 3:8 `young` and `women` hold the same people, and each is divided by itself
// also 2:8
// hint: train on one of them
