cohort c = bids("data")
modality t1: volume[1, 256, 256, 256] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(100000) }

// error[E0301] 3:15 `Conv3d`: the result is [100000, 256, 256, 256]: more than 100000000000 numbers for one subject
// also 2:10
// hint: check the sizes that make it up
