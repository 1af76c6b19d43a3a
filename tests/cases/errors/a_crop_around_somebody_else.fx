cohort c = bids("data")
cohort d = bids("other")
modality t2: volume[1, 32, 32, 32] = d.image("anat/*_T2w.nii.gz")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> crop(around: mass, size: [32, 32, 32], of: t2)
model m(t1) { output t1 = t1 |> Conv3d(1) }
train m { minimize mse(m.t1, t1) }
score m.t1: mse

// error[E0204] 4:113 `t2` is read from `d`, what is cut from `c`: they are not of one person
// hint: read both from one cohort
