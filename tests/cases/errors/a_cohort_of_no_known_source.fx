cohort c = folder("data")
cohort d = 12
modality t1: volume[1, 32, 32, 32] = d.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
