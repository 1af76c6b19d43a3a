cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
target lesion: mask[32, 32, 32]{rest, lesion} = c.image("anat/*_lesion.nii.gz")
target age: real = c.column("age")
model m(t1) -> lesion { t1 |> Conv3d(2) }
model years(t1) -> age { t1 |> Conv3d(2, stride: 4) |> relu |> global_avg_pool |> Linear(1) }
train m {
  minimize cross_entropy(m, lesion)
  patches 16
}
train years { minimize mse(years, age) }
score m: dice

// error[E0862] 11:7 `train years` reads `t1` whole, and `train m` by patches
// also 2:10
// hint: an input has one shape for all models: give both stages the same patches, or declare the image a second time under another name
// table: c: age number
