cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
block Deeper(depth: int)(x: [c, d, h, w]) -> [c, d, h, w] { x |> Conv3d(c) |> Deeper(depth + 1) }
model m(t1) { t1 |> Deeper(1) }
