cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { t1 |> Conv3d(8, strides: 2) }

// error[E0202] 3:31 `Conv3d` has no argument `strides`
// hint: `strides` is called `stride` here
