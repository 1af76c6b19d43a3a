use model norm from "norm.fascicle"
cohort patients = table("patients.csv")
// packed: norm.fascicle: norm of spring.fx
// table: patients: 30 people; a number; b number, 4 missing; sex F M
// warning[W0905] 1:11 the file uses a model and asks nothing of it
// warning[W0953] 1:11 4 of 30 in `patients` lack a cell of `b` and are left out
// hint: `norm` was trained to do without none of them
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
