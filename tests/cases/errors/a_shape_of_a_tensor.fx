cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) {
  let h = t1 |> Conv3d(8)
  h |> reshape(h.shape)
}

// error[E0206] 5:18 a tensor has no field `shape`
// also 5:16
// hint: functions stand behind a pipe: `h |> size`
