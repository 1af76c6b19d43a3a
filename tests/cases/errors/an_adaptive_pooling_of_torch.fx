cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { t1 |> AdaptiveAvgPool3d(1) |> flatten }

// error[E0201] 3:21 nobody declared `AdaptiveAvgPool3d`
// hint: `AdaptiveAvgPool3d` is called `adaptive_avg_pool` here
