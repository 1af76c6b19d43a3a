/// A convolution whose kernel comes from the record: the kernel is a value like any other.
cohort c = bids("data")
modality t1: volume[1, 16, 16, 16] = c.image("anat/*_T1w.nii.gz")
condition about: vector[3] = c.columns(x, y, z)
model m(t1, about) {
  let h = t1 |> Conv3d(4, stride: 2)
  output small = conv3d(h, about |> Linear(8) |> reshape(2, 4, 1, 1, 1), about |> Linear(2), stride: 2)
  h |> conv3d(about |> Linear(540) |> reshape(5, 4, 3, 3, 3), padding: 0, dilation: 2)
}
// table: c: x number; y number; z number

// shape: m.small = [2, 4, 4, 4]
// shape: m = [5, 4, 4, 4]
// parameters: m = 2312
