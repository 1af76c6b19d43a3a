cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3D(8) |> rellu }

// error[E0201] 3:21 nobody declared `Conv3D`
// hint: did you mean `Conv3d`?
