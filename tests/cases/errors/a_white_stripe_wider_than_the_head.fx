cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> white_stripe(0.8)
modality t2: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> whitestripe
modality pd: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> white_stripe(mask: nonzero)
model m(t1) { output t1 = t1 |> Conv3d(1) }
train m { minimize mse(m.t1, t1) }
score m.t1: mse

// error[E0204] 2:83 `width` of `white_stripe` takes a number from 0.0001 to 0.5, found 0.8
// hint: give a number from 0.0001 to 0.5
// error[E0705] 3:70 there is no step of image preparation `whitestripe`
// hint: did you mean `white_stripe`?
// error[E0202] 4:83 `white_stripe` has no argument `mask`
// hint: it has width
