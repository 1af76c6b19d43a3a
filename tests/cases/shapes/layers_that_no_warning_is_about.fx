cohort c = bids("data")
modality t1: volume[1, 16, 16, 16] = c.image("anat/*_T1w.nii.gz") |> zscore
modality t2: volume[1, 16, 16, 16] = c.image("anat/*_T2w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = c.column("diagnosis")

// Probabilities beside the logits; a linear map of the channels at each place, of tokens; a code that is normalised.
model m(t1, t2) -> diagnosis {
  let tokens = t1 |> Conv3d(8, stride: 8) |> reshape(8, 8) |> permute(1, 0) |> Linear(4)
  output one = t1 |> Conv3d(4, stride: 4) |> global_avg_pool |> BatchNorm()
  output other = t2 |> Conv3d(4, stride: 4) |> global_avg_pool |> BatchNorm()
  let logits = concat(tokens |> flatten, one) |> Linear(2)
  output probabilities = logits |> softmax
  logits
}
train m {
  minimize cross_entropy(m, diagnosis) + mse(m.one, m.other)
  augment flip(axis: sagittal), noise(0.1)
  epochs 20
  keep last
}
score m: auc
// shape: m = [2]
// shape: m.probabilities = [2]
