cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
block Encoder(x: [c, d, h, w]) {
  let layer = x |> Conv3d(8)
  { layer, latent: layer |> global_avg_pool }
}
model m(t1) {
  let e = t1 |> Encoder()
  e.latents |> Linear(2)
}

// error[E0206] 9:5 the record has no field `latents`
// hint: did you mean `latent`?
