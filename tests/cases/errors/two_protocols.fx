cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
train m { minimize mse(m, t1) }
protocol cv = kfold(5)
protocol split = holdout(train: 0.8)
score m: mse, against: t1

// error[E0205] 6:10 `protocol` is declared twice
// also 5:10
// hint: rename one of the two; order means nothing, so neither replaces the other
