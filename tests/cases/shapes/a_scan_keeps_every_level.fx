/// A list of all levels, finest first; first, last, init and rest take it apart.
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) {
  let levels = scan i in 1..=3 from t1 { x => x |> Conv3d(2 ^ i) |> max_pool3d(2) }
  output finest = levels.first
  output coarsest = levels.last
  output second = levels[1]
  output before_last = levels.init.last
  output behind_first = levels.rest.first
}

// shape: m.finest = [2, 16, 16, 16]
// shape: m.coarsest = [8, 4, 4, 4]
// shape: m.second = [4, 8, 8, 8]
// shape: m.before_last = [4, 8, 8, 8]
// shape: m.behind_first = [4, 8, 8, 8]
// parameters: m = 1148
