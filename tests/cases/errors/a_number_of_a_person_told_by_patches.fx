cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
target age: real = c.column("age")
model m(t1) -> age { t1 |> Conv3d(2, stride: 4) |> relu |> global_avg_pool |> Linear(1) }
train m {
  minimize mse(m, age)
  patches 16
}

// error[E0863] 7:3 `m` predicts `age`, which a person has one of, and is trained by patches
// also 3:8
// hint: train on whole images (leave `patches` out), smaller ones if need be: `resample(2mm)`
// table: c: age number
