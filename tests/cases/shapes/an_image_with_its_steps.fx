cohort c = bids("data") { keep session == first }
modality t1: volume[1, 32, 48, 32] = c.image("anat/*_T1w.nii.gz")
  |> resample(1mm)
  |> rescale(0..1, percentiles: [0.1, 99.9])
modality labels: volume[2, 32, 48, 32] = c.image("anat/*_dseg.nii.gz") |> labels(1, 2)
modality flair: slices[3, 64, 64] = c.image("anat/*_FLAIR.nii.gz") |> zscore(mask: nonzero) |> adjacent(3)
target lesion: mask[32, 48, 32]{rest, lesion} = c.image("anat/*_lesion.nii.gz")
model m(t1, labels) -> lesion { concat(t1, labels) |> Conv3d(2) }
model n(flair) { flair |> Conv2d(4) |> global_avg_pool }
train m { minimize dice_loss(m, lesion) }
train n { minimize mse(n, n |> relu) }
score m: dice

// shape: m = [2, 32, 48, 32]
// shape: n = [4]
// parameters: m = 164
// parameters: n = 112
