/// The second level joins what was halved once with what was halved twice.
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) {
  let once = t1 |> Conv3d(8) |> max_pool3d(2)
  let twice = once |> Conv3d(16) |> max_pool3d(2)
  concat(once, twice) |> Conv3d(1)
}

// error[E0302] 7:16 `concat`: value 1 is [8, 16, 16, 16], value 2 is [16, 8, 8, 8]: only axis 0 may differ
// also 5:14
// also 6:15
