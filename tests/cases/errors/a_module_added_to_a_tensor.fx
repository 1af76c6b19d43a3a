cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 + Conv3d(1) }

// error[E0404] 3:20 expected a tensor, found a module that has not been applied
// hint: apply it: `x |> M(..)` or `M(..)(x)`
