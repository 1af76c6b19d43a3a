cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { t1 |> Conv3d(8) |> BatchNorm3d(8) }

// error[E0201] 3:34 nobody declared `BatchNorm3d`
// hint: `BatchNorm3d` is called `BatchNorm` here
