cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.scan("anat/*_T1w.nii.gz")
modality t2: volume[1, 32, 32, 32] = "anat/*_T2w.nii.gz"
model m(t1) { t1 |> Conv3d(1) }
