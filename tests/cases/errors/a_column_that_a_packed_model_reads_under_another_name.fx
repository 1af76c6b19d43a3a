use model norm from "norm.fascicle"
cohort patients = table("patients.csv")
score norm.back on patients: mse
// packed: norm.fascicle: norm of spring.fx
// table: patients: a number; gender F M; bb number
// error[E0704] 2:8 the table of `patients` has no columns `b`, `sex`, which `norm` reads
// also 1:11
// hint: is it `bb`? rename b from "bb"
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
