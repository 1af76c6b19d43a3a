cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { t1 |> max_pool3d(2) |> reshape(1024) }

// error[E0301] 3:15 `reshape`: [1, 16, 16, 16] holds 4096 numbers, [1024] 1024
// also 3:15
// hint: `|> flatten` makes a vector of it
