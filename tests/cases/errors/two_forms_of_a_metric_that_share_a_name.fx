cohort c = bids("c")
modality t1: volume[1, 8, 8, 8] = image("anat/*_T1w.nii.gz")
model back(t1) { output t1 = t1 |> Conv3d(4, kernel: 3) |> relu |> Conv3d(1, kernel: 3) }
train back { minimize mse(back.t1, t1) }
score back.t1: mse, cnr(roi: [2, 2, 2]), cnr(roi: [4, 4, 4])

// error[E0204] 5:42 tables would call both of these `cnr`
// also 5:21
// hint: a `sweep` over a `param` compares forms of a metric
