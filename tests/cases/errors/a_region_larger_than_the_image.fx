cohort people = bids("data")
modality t1: volume[1, 16, 16, 2] = people.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { output t1 = t1 |> Conv3d(2) |> relu |> Conv3d(1) }
train m { minimize mse(m.t1, t1) }
score m.t1: cnr(roi: [4, 4, 3])

// error[E0204] 5:13 a region of [4, 4, 3] voxels does not lie in `t1`, which is [1, 16, 16, 2]
// also 2:10
// hint: for example cnr(roi: [4, 4, 2])
