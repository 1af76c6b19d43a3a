cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
train m {
  minimize mse(m, t1)
  optimiser Adam(lr: 1e-3)
}
score m: mse, against: t1

// error[E0210] 6:3 a stage has no clause `optimiser`
// hint: did you mean `optimizer`?
