cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { output t1 = t1 |> Conv3d(1) }
train m {
  minimize mse(m.t1, t1)
  augment scale(0.9..1.1)
}
score m.t1: mse

// error[E0204] 6:17 `scale` multiplies intensities by a factor between `1 - by` and `1 + by`, found a range
// hint: sizes are changed by `zoom(0.9..1.1)`; for intensities write scale(0.1)
