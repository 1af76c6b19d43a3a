/// Slices from the fortieth to the fortieth before the last, whatever their number.
cohort c = bids("data")
modality t1: slices[3, 32, 32] = c.image("anat/*_T1w.nii.gz")
  |> crop(axial: 40..-40, coronal: 10..=-1)
  |> adjacent(3)
model m(t1) { output t1 = t1 |> Conv2d(3) }
train m { minimize mse(m.t1, t1) }
score m.t1: mse

// shape: m.t1 = [3, 32, 32]
