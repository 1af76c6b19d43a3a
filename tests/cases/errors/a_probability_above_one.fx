cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { output t1 = t1 |> Conv3d(1) }
train m {
  minimize mse(m.t1, t1)
  augment gamma(0.7..1.5, p: 50)
}
score m.t1: mse

// error[E0204] 6:30 `p` of `gamma` takes a number from 0 to 1, found 50
// hint: as a share: `p: 0.5`
