cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
block Flat(x: [c, _, _, _]) -> [c] { x |> global_avg_pool }
model m(t1) { t1 |> Conv3d(6) |> Flat() }

// shape: m = [6]
// parameters: m = 168
