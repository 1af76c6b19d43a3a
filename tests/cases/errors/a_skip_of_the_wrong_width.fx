/// The second level joins what was halved once with what was halved twice.
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) {
  let once = t1 |> Conv3d(8) |> max_pool3d(2)
  let twice = once |> Conv3d(16) |> max_pool3d(2)
  concat(once, twice) |> Conv3d(1)
}
