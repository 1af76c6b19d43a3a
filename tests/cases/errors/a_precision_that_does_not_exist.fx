cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
train m {
  minimize mse(m, t1)
  precision bfloat16
}
score m: mse, against: t1

// error[E0204] 6:13 `bfloat16` is no precision: expected float32, tf32, bf16
// hint: float32 is what holds where nothing is said; tf32 and bf16 are faster on a card
