cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
score m: mse, against: t1

// warning[W0904] 3:7 nothing trains the model `m`
// hint: add: train m { minimize .. }
