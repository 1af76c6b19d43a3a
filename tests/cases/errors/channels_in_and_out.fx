cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { t1 |> Conv3d(filters: 8, in_channels: 1) }

// error[E0202] 3:40 `Conv3d` has no argument `in_channels`
// hint: it is known from what comes in: leave it out
