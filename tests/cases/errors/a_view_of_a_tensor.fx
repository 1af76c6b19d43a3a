cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) {
  let h = t1 |> Conv3d(8) |> global_avg_pool
  h.view(8)
}

// error[E0206] 5:5 a tensor has no field `view`
// also 5:3
// hint: functions stand behind a pipe: `h |> reshape`
