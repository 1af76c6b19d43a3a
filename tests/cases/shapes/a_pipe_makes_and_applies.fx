/// A capital letter makes a module; `|>` makes it and applies it. 1*8*27 + 8 parameters, then 8*16*27 + 16.
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(8) |> relu |> Conv3d(16, stride: 2) }

// shape: m = [16, 16, 16, 16]
// parameters: m = 3696
