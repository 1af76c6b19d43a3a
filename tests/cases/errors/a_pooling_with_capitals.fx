cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { t1 |> MaxPooling3D(2) }

// error[E0201] 3:21 nobody declared `MaxPooling3D`
// hint: `MaxPooling3D` is called `max_pool3d` here
