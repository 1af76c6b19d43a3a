cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
train m { minimize mse(m) }
score m: mse, against: t1

// error[E0203] 4:20 `mse` reads 2 values (prediction, target), 1 was given
// hint: write mse(prediction, target)
