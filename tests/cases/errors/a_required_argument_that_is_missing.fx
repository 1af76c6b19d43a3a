cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(kernel: 3) }

// error[E0203] 3:21 `Conv3d` needs `filters`: channels of the result
// hint: write `Conv3d(filters: ..)`
