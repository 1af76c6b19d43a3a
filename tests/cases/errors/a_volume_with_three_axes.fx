cohort c = bids("data")
modality t1: volume[64, 64, 64] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
