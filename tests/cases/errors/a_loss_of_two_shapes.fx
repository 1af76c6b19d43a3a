cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(8) |> max_pool3d(2) }
train m { minimize mse(m, t1) }
score m: mse, against: t1

// error[E0302] 4:27 `mse`: the prediction is [8, 16, 16, 16], the target [1, 32, 32, 32]
// also 3:15
// also 2:10
// hint: `|> reshape_as(target)` brings the prediction to its shape
// error[E0302] 5:7 the output is [8, 16, 16, 16], its truth `t1` is [1, 32, 32, 32]
// also 3:15
// also 2:10
// hint: say what it is compared to: `score x: mse, against: y`
