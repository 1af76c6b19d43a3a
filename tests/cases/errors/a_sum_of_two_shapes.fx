cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) {
  let a = t1 |> Conv3d(8)
  let b = t1 |> Conv3d(16)
  a + b
}

// error[E0302] 6:3 `+` of [8, 32, 32, 32] and [16, 32, 32, 32]
// also 4:11
// also 5:11
// hint: shapes must be equal, or 1 where they differ
