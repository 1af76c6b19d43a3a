cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { output t1 = t1 |> Conv3d(1) }
train m {
  minimize mse(m.t1, t1)
  augment elastic(4deg)
}
score m.t1: mse

// error[E0204] 6:19 `most` of `elastic` takes a number of mm, found a number with a unit
// hint: give a number of mm
