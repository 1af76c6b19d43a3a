cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
train m { minimize mse(m, t1), freeze m }
score m: mse, against: t1

// error[E0852] 4:20 the stage trains nothing: all that is minimised is frozen
// also 4:7
// hint: freeze only a part, for example one block of the model
