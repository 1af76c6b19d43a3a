cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) {
  let h = t1 |> Conv3d(4)
  output scaled = h * (h |> global_avg_pool)
  output shifted = 1 + 2 * h ^ 2 - h / 4
  output summed = h |> reduce_sum(1, 2, 3)
  output shape = h |> reshape(4, 32768) |> permute(1, 0)
  output same = h |> flatten |> reshape_as(h)
}

// shape: m.scaled = [4, 32, 32, 32]
// shape: m.shifted = [4, 32, 32, 32]
// shape: m.summed = [4]
// shape: m.shape = [32768, 4]
// shape: m.same = [4, 32, 32, 32]
// parameters: m = 112
