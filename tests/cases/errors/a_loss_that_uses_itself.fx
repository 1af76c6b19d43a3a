cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
loss worse(a, b) = mse(a, b) + worse(a, b)
model m(t1) { t1 |> Conv3d(1) }
train m { minimize worse(m, t1) }
score m: mse, against: t1

// error[E0856] 3:32 `worse` uses itself without end
// also 3:6
