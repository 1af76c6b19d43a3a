cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) {
  output image = t1 |> Conv3d(1)
  output code = t1 |> global_avg_pool
}
train m { minimize mse(m.imge, t1) }
score m.image: mse, against: t1

// error[E0206] 7:26 model `m` has no output `imge`
// hint: did you mean `m.image`?
