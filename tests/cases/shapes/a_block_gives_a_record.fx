cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
block Encoder(x: [c, d, h, w]) {
  let layer = x |> Conv3d(8) |> max_pool3d(2)
  { layer, latent: layer |> global_avg_pool }
}
group scans = [t1]
model m(scans) {
  let e = for s in scans { s |> Encoder() }
  output layer = e.layer
  output latent = e[t1].latent
}

// shape: m.layer[t1] = [8, 16, 16, 16]
// shape: m.latent = [8]
// parameters: m = 224
