cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
block Head(x: [n]) -> [2] { x |> Linear(2) }
model m(t1) { t1 |> Conv3d(8) |> Head() }

// error[E0306] 4:15 `x` of `Head` has 1 axes, found 4 of [8, 32, 32, 32]
// also 3:15
// hint: make a vector of it: `t1 |> Conv3d(8) |> flatten`, or `|> global_avg_pool`
