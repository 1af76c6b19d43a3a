cohort c = bids("data")
modality t1: volume[8, 1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(8) }

// error[E0703] 2:14 `volume` has 4 axes, [channels, x, y, z]; found [8, 1, 32, 32, 32]
// hint: the batch is left out: volume[1, 32, 32, 32]
