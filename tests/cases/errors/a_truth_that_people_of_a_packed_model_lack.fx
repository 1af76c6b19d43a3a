use model old from "old.fascicle"
cohort patients = table("patients.csv")
score old on patients: mae
// packed: old.fascicle: old of spring.fx
// table: patients: a number; b number; sex F M
// error[E0704] 3:7 the table of `patients` has no column `score`, which this is compared with
// also 2:8
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
