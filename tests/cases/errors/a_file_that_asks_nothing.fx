cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
train m { minimize mse(m, t1) }

// warning[W0905] 4:7 the file trains and asks nothing of the result
// hint: add for example: score m: auc
