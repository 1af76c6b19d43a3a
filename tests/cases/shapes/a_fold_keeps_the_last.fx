cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) {
  fold i in 0..3 from t1 { x => x |> Conv3d(4 * 2 ^ i) |> max_pool3d(2) }
}

// shape: m = [16, 4, 4, 4]
// parameters: m = 4456
