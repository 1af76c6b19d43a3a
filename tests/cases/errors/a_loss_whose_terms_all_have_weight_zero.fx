param alpha: real = 0
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
train m { minimize alpha * mse(m, t1) }
score m: mse, against: t1

// error[E0851] 5:20 there is nothing to minimise: every term has weight 0
// hint: give at least one term a weight above 0
