cohort c = bids("data") { pair t1, falf by nearest day }
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
modality falff: volume[1, 32, 32, 32] = c.image("func/*_fALFF.nii.gz")
model m(t1, falff) { concat(t1, falff) |> global_avg_pool }

// error[E0702] 1:36 `c` has no image `falf`
// hint: did you mean `falff`?
