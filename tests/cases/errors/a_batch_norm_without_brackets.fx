cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { t1 |> Conv3d(8) |> BatchNorm |> relu }

// error[E0404] 3:34 `BatchNorm` makes a module only when called
// hint: write `|> BatchNorm()`
