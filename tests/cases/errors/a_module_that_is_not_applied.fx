cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) {
  let h = t1 |> Conv3d |> BatchNorm()
  concat(h, Conv3d(4))
}

// error[E0404] 4:17 `Conv3d` makes a module only when called
// hint: write `|> Conv3d(..)`
