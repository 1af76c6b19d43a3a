/// Intensities in units of normal-appearing white matter, the stripe twice as wide as it is by default.
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> white_stripe(width: 0.1)
model m(t1) { output t1 = t1 |> Conv3d(2) |> Conv3d(1) }
train m { minimize mse(m.t1, t1) }
score m.t1: mse

// shape: m.t1 = [1, 32, 32, 32]
