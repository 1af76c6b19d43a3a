cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model first(t1) { t1 |> Conv3d(1) }
model second(t1) { t1 |> Conv3d(1) }
train first { init first from second, minimize mse(first, t1) }
train second { init second from first, minimize mse(second, t1) }
score first: mse, against: t1

// error[E0854] 5:7 the stages first and second wait for one another
// also 6:7
// hint: remove one of the `init` or `freeze` clauses: somebody has to begin
