cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
block Join(x: [c, d, h, w], skip: [s, d, h, w]) -> [c, d, h, w] { concat(x, skip) |> Conv3d(c) }
model m(t1) {
  let small = t1 |> Conv3d(8) |> max_pool3d(2)
  Join()(small, t1)
}

// error[E0303] 6:17 `d` is 16, but `skip` has 32 there
// also 6:10
// hint: a name in a signature has one value; use another name if the two may differ from `d`
