use model norm from "norm.fascicle"
cohort patients = table("patients.csv")
modality deep: vector[2] = columns(a, b |> standardize)
model head(deep) { deep |> Linear(1) }
train head { minimize mse(head, deep) }
protocol cv = kfold(5)
score norm.back on patients: mse
// packed: norm.fascicle: norm of spring.fx
// table: patients: a number; b number; sex F M
// error[E0860] 3:10 `modality deep` cannot stand beside `use model norm`
// also 1:11
// error[E0860] 4:7 `model head`
// error[E0860] 5:7 `train head` cannot stand beside `use model norm`: here nothing is trained
// also 1:11
// hint: pack its run
// error[E0860] 6:10 `protocol cv`
// file spring.fx:
//| cohort young = table("young.csv")
//| modality deep: vector[2] = columns(a, b |> standardize)
//| condition about: vector[_] = columns(sex |> onehot)
//| target score: real = column("score")
//| model norm(deep, about) {
//|   output z = concat(deep, about) |> Linear(2)
//|   output back = z |> Linear(2)
//| }
//| model old(deep) -> score { deep |> Linear(1) }
//| train norm { minimize mse(norm.back, deep) }
//| train old { minimize mse(old, score) }
//| score norm.back: mse, against: deep
//| score old: mae
// table: young: a number; b number; sex F M; score number
