cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
block Up(x: [c, d, h, w], skip: [s, 2*d, 2*h, 2*w]) -> [s, 2*d, 2*h, 2*w] {
  concat(x |> upsample(2), skip) |> Conv3d(s)
}
model m(t1) {
  let quarter = t1 |> Conv3d(8) |> max_pool3d(4)
  Up()(quarter, t1)
}

// error[E0303] 8:17 `skip` needs 2*d = 16 here, found 32
// also 3:37
// also 8:8
