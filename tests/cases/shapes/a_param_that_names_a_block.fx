cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
param unit: block = Small
block Small(x: [c, d, h, w]) -> [8] { x |> Conv3d(8) |> global_avg_pool }
block Large(x: [c, d, h, w]) -> [16] { x |> Conv3d(16) |> global_avg_pool }
model m(t1) { t1 |> unit() }

// shape: m = [8]
// parameters: m = 224
