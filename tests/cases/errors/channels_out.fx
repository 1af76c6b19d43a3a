cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { t1 |> Conv3d(out_channels: 8) }

// error[E0202] 3:28 `Conv3d` has no argument `out_channels`
// hint: `out_channels` is called `filters` here
