cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
modality pet: volume[1, 16, 16, 16] = c.image("pet/*_pet.nii.gz")
model m(t1, pet) { output t1 = t1 |> Conv3d(1) }
train m {
  minimize mse(m.t1, t1)
  patches 16
}

// error[E0861] 7:3 `pet` has [16, 16, 16] voxels and `t1` [32, 32, 32]: a patch of one is no patch of the other
// also 2:10
// also 3:10
// hint: give all images that the stage reads the same extents: `resample` or `crop` them alike
