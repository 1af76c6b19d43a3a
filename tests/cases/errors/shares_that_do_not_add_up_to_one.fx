cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }
train m { minimize mse(m, t1) }
protocol split = holdout(train: 0.8, validation: 0.2, test: 0.2)
score m: mse, against: t1

// error[E0204] 5:18 the shares add up to 1.2: 0.8 training, 0.2 validation, 0.2 test
// hint: they must add up to 1, with some training
