/// A block that uses itself with a parameter that shrinks.
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
block Pyramid(depth: int)(x: [c, d, h, w]) -> [_, _, _, _] {
  if depth == 0 { x } else { x |> Conv3d(2 * c) |> max_pool3d(2) |> Pyramid(depth - 1) }
}
model m(t1) { t1 |> Pyramid(3) }

// shape: m = [8, 4, 4, 4]
// parameters: m = 1148
