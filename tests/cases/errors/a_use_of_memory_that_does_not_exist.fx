cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
train m {
  minimize mse(m, t1)
  memory recompte
}
score m: mse, against: t1

// error[E0204] 6:10 `recompte` is no way to use memory: expected keep, recompute
// hint: did you mean `recompute`?
