cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { t1[:, 0] }

// error[E0101] 3:18 expected a value, found `:`
// hint: an axis is cut by `slice`: `t1 |> slice(axis: 0, from: 0, to: 1)`
