/// c, d, h and w are solved from what comes in; the result is worked out from them.
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
block Down(filters: int)(x: [c, d, h, w]) -> [filters, d/2, h/2, w/2] {
  x |> Conv3d(filters) |> max_pool3d(2)
}
model m(t1) { t1 |> Down(8) |> Down(16) }

// shape: m = [16, 8, 8, 8]
// parameters: m = 3696
