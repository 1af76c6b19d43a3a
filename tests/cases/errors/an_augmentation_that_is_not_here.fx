cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { output t1 = t1 |> Conv3d(1) }
train m {
  minimize mse(m.t1, t1)
  augment motion(10)
}

// error[E0201] 6:11 there is no augmentation `motion`
// hint: there is flip, shift, crop, rotate, zoom, affine, elastic, noise, scale, gamma, bias_field, blur, swap
