cohort c = bids(t1)
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }

// error[E0208] 2:10 `t1` is read from a cohort, and a cohort needs it
// hint: what describes a cohort is known without its people
