cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(2.5, padding: sme) }

// error[E0204] 3:28 `filters` of `Conv3d` takes a whole number of at least 1, found 2.5
// hint: filters: channels of the result
