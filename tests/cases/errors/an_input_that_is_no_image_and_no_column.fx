cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.scan("anat/*_T1w.nii.gz")
modality t2: volume[1, 32, 32, 32] = "anat/*_T2w.nii.gz"
model m(t1) { t1 |> Conv3d(1) }

// error[E0702] 2:40 there is no way to read an input `scan`
// hint: there is image, columns, column
// error[E0702] 3:38 an input cannot be read from this
// hint: write c.image("anat/*_T1w.nii.gz"), c.columns(age, sex |> onehot) or c.column("diagnosis")
