cohort c = bids("data")
modality t1: volume[32, 32, 32, 1] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(8) }

// error[E0703] 2:14 the image has 1 channel, the type says 32
// also 2:38
// hint: channels come first: volume[1, 32, 32, 32]
