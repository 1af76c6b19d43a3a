cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
target lesion: mask[32, 32, 32]{rest, lesion} = c.image("anat/*_lesion.nii.gz")
target age: real = c.column("age")
model m(t1) -> lesion { t1 |> Conv3d(2) }
model back(t1) { output t1 = t1 |> Conv3d(1) }
train m {
  minimize cross_entropy(m, lesion)
  patches 16
}
train back {
  minimize mse(back.t1, t1)
  patches 8
}
score m: dice

// error[E0862] 13:3 `t1` is seen by patches of two kinds
// also 9:3
// hint: an input has one shape for all models: give both stages the same patches, or declare the image a second time under another name
// table: c: age number
