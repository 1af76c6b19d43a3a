/// s is solved from the second input, 2*d is checked against it.
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
block Up(x: [c, d, h, w], skip: [s, 2*d, 2*h, 2*w]) -> [s, 2*d, 2*h, 2*w] {
  concat(x |> upsample(2), skip) |> Conv3d(s)
}
model m(t1) {
  let fine = t1 |> Conv3d(8)
  let coarse = fine |> max_pool3d(2) |> Conv3d(16)
  Up()(coarse, fine)
}

// shape: m = [8, 32, 32, 32]
// parameters: m = 8888
