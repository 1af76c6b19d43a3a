use std.encoders.Dcgan
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) {
  let e = t1 |> Dcgan(latent: 64, width: 8)
  output layer = e.layer
  output code = e.latent
}
train m { minimize info_nce(m.layer, m.code, clip: 20) }

// error[E0302] 9:38 [16, 8, 8, 8] has 16 where [64] has 64
// hint: Conv3d(64, kernel: 1)
