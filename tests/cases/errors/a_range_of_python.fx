cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { fold i in range(3) from t1 { x => x |> Conv3d(8) } }

// error[E0201] 3:25 nobody declared `range`
// hint: a range is written `0..5`
