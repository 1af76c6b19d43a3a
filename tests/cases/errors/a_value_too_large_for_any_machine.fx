cohort c = bids("data")
modality t1: volume[1, 256, 256, 256] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(100000) }
