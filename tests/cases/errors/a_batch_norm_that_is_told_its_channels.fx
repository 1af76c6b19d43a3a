cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { t1 |> Conv3d(8) |> BatchNorm(8) }

// error[E0204] 3:44 `eps` of `BatchNorm` takes a number from 0.000000000001 to 1, found 8
// hint: how much comes in is known: write `BatchNorm()`
