/// Packed models come with their inputs, outputs and truths; two that read the same share it.
use model norm from folder + "/norm.fascicle"
use model norm as autumn from "autumn.fascicle"
use model old from "old.fascicle"

param folder: text = "models"
cohort patients = table("patients.csv")
cohort controls = table("controls.csv")

analysis away = normative_deviation(norm, reference: controls, cases: patients)
analysis later = normative_deviation(autumn, cases: patients)
analysis often = frequency(away.z, beyond: 2.6)
analysis drawn = paint(often.share, on: "atlas.nii.gz", names: "labels.txt")
analysis known = frequency(later.z)
score norm.back on controls: mse
score old on patients: mae
score autumn.back on patients: mse, against: autumn.deep
// shape: norm.z = [2]
// shape: norm.back = [2]
// shape: old = [1]
// parameters: norm = 16
// parameters: autumn = 16
// packed: models/norm.fascicle: norm of spring.fx
// packed: autumn.fascicle: norm of spring.fx, reference young.test
// packed: old.fascicle: old of spring.fx
// table: patients: a number; b number; sex F M; score number
// table: controls: a number; b number; sex F M
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
