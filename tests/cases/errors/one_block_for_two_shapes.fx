cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
modality t2: volume[1, 16, 16, 16] = c.image("anat/*_T2w.nii.gz")
block Encoder(x: [c, d, h, w]) -> [8] { x |> Conv3d(8) |> global_avg_pool }
group scans = [t1, t2]
model m(scans) {
  let shared = Encoder()
  concat(for s in scans { s |> shared }) |> Linear(2)
}

// error[E0307] 8:27 this `Encoder` was first applied to [1, 32, 32, 32], and now to [1, 16, 16, 16]
// also 3:10
// hint: make one `Encoder` for each, or bring both inputs to one shape
