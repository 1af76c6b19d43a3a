cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
train m { minimize square(m - t1) }
score m: mse, against: t1

// error[E0406] 4:20 what is minimised must be one number, found [1, 32, 32, 32]
// hint: apply a loss: `mse(prediction, truth)`, `cross_entropy(prediction, truth)`, `kl(q, prior)`
