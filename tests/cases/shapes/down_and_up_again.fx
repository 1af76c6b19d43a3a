/// A U-Net: the levels of a scan, taken back in reverse by a fold over lists.
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
block Down(filters: int)(x: [c, d, h, w]) -> [filters, d/2, h/2, w/2] {
  x |> Conv3d(filters) |> relu |> max_pool3d(2)
}
block Up(x: [c, d, h, w], skip: [s, 2*d, 2*h, 2*w]) -> [s, 2*d, 2*h, 2*w] {
  concat(x |> upsample(2) |> Conv3d(s), skip) |> Conv3d(s)
}
model m(t1) {
  let down = scan i in 1..=3 from t1 { x => x |> Down(2 ^ i) }
  fold skip in reverse(down.init) from down.last { x => Up()(x, skip) }
}

// shape: m = [2, 16, 16, 16]
// parameters: m = 3320
