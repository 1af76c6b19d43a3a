cohort c = bids("data")
modality t1: volume[64, 64, 64] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }

// error[E0703] 2:14 `volume` has 4 axes, [channels, x, y, z]; found [64, 64, 64]
// hint: for example volume[1, 64, 64, 64]: a scan has one channel
