cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { output t1 = t1 |> Conv3d(1) }
train m {
  minimize mse(m.t1, t1)
  augment zoom(1.1)
}
score m.t1: mse

// error[E0204] 6:16 `factors` of `zoom` takes a range between 0.1 and 10, such as 0.9..1.1, found 1.1
// hint: give a range between 0.1 and 10, such as 0.9..1.1
