cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { output t1 = t1 |> Conv3d(1) }
train m {
  minimize mse(m.t1, t1)
  augment rotate(15mm)
}
score m.t1: mse

// error[E0204] 6:18 `angle` of `rotate` takes an angle from 0deg to 180deg, or one an axis (`15deg`, `[5deg, 0deg, 20deg]`), found a number with a unit
// hint: give an angle from 0deg to 180deg, or one an axis (`15deg`, `[5deg, 0deg, 20deg]`)
