use model norm from "norm.fascicle"
cohort patients = table("patients.csv")
analysis probe = linear_probe(norm.z, patients.age)
analysis pairs = retrieval(norm.z by patients.sex, on: holdout)
// packed: norm.fascicle: norm of spring.fx
// table: patients: a number; b number; sex F M; age number
// error[E0602] 3:18 `linear_probe` needs people who are divided
// also 1:11
// error[E0602] 4:56 there are no `holdout` subjects
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
