use "library.fx".norm
cohort patients = table("patients.csv")
score norm.back on patients: mse
// packed: norm.fascicle: norm of spring.fx
// table: patients: a number; b number; sex F M
// error[E0859] library.fx 1:11 `norm` is a packed model of another file
// hint: use model norm from ".."
// file library.fx:
//| use model norm from "norm.fascicle"
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
