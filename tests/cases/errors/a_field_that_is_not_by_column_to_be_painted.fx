cohort people = table("people.csv")
cohort patients = table("patients.csv")
modality deep: vector[2] = columns(a, b)
model norm(deep) { deep |> Linear(2) }
train norm on people { minimize mse(norm, deep) }
analysis away = normative_deviation(norm, reference: people.test, cases: patients)
analysis regions = one_sample_t(away.z)
analysis drawn = paint(away.z, on: "atlas.nii.gz", names: "labels.tsv")
analysis again = paint(regions.significant, on: "atlas.nii.gz", names: "labels.tsv")
analysis gone = paint(regions.t, on: "gone.nii.gz", names: 3)
// table: people: a number; b number
// table: patients: a number; b number
// no file: gone.nii.gz
// error[E0403] 8:24 `away.z` is numbers for every subject, and `paint` needs a number for every column
// hint: regions.t
// error[E0403] 9:24 `regions.significant` is one number
// error[E0711] 10:38 `gone.nii.gz`: there is no such file
// error[E0403] 10:60 the path of a file in quotes
