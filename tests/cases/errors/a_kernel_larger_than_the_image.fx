cohort c = bids("data")
modality t1: volume[1, 4, 4, 4] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(8, kernel: 7, padding: 0) }

// error[E0301] 3:15 `Conv3d`: the kernel (7) is larger than the padded input (4) along axis 1
// also 2:10
// hint: pad with `padding: same`, or make the kernel at most 4 there
