cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
train m { epochs 10 }
score m: mse, against: t1

// error[E0853] 4:7 the stage of `m` does not say what it minimises
// hint: add for example: minimize cross_entropy(m, diagnosis)
