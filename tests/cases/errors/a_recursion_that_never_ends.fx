cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
block Deeper(depth: int)(x: [c, d, h, w]) -> [c, d, h, w] { x |> Conv3d(c) |> Deeper(depth + 1) }
model m(t1) { t1 |> Deeper(1) }

// error[E0856] 3:61 blocks are nested more than 64 deep in `Deeper`
// also 3:7
// hint: a block that uses itself needs a parameter that shrinks and an `if` that stops
