cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
train m { minimize mse(m, t1), optimizer Adam(lr: -1) }
score m: mse, against: t1

// error[E0204] 4:51 `lr` of `Adam` takes a number from 0 to 1000, found -1
// hint: give a number from 0 to 1000
