cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> standardize
model m(t1) { t1 |> Conv3d(1) }

// error[E0705] 2:70 `standardize` is a step of columns, this is an image
// hint: for images write `zscore(mask: nonzero)`
