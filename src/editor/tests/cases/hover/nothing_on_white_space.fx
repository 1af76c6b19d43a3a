cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
⟨⟩
model m(t1) { t1 |> Conv3d(8) |> flatten }
//= nothing
