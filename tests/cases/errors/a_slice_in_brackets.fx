cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { t1[0] |> flatten }

// error[E0403] 3:15 expected a family or a list, found an input
// hint: an axis is cut by `slice`: `t1 |> slice(axis: 0, from: 0, to: 1)`
