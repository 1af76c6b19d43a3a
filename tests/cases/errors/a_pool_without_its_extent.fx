cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { t1 |> max_pool3d }

// error[E0203] 3:21 `max_pool3d` needs `kernel`: extent of the window
// hint: write `max_pool3d(kernel: ..)`
