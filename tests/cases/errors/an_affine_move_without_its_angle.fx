cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { output t1 = t1 |> Conv3d(1) }
train m {
  minimize mse(m.t1, t1)
  augment affine(shift: 5mm)
}
score m.t1: mse

// error[E0203] 6:11 `affine` needs `rotate`
// hint: the largest angle, or 0deg: affine(10deg, zoom: 0.9..1.1, shift: 5mm)
