cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> Spacing(pixdim: 1mm)
model m(t1) { t1 |> Conv3d(8) }

// error[E0705] 2:70 there is no step of image preparation `Spacing`
// hint: `Spacing` is called `resample` here
