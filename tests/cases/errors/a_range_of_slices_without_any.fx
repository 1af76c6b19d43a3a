cohort c = bids("data")
modality t1: slices[1, 32, 32] = c.image("anat/*_T1w.nii.gz") |> crop(axial: -20..-40)
modality t2: slices[1, 32, 32] = c.image("anat/*_T2w.nii.gz") |> crop(axial: 40)
model m(t1, t2) { output t1 = concat(t1, t2) |> Conv2d(1) }
train m { minimize mse(m.t1, t1) }
score m.t1: mse

// error[E0204] 2:78 the range of `axial` holds no voxel
// hint: the end stands behind the start; what is negative counts from the end: 40..-40
// error[E0204] 3:78 `axial` of `crop` takes a range of voxels such as 40..-40, found 40
// hint: give a range of voxels such as 40..-40
