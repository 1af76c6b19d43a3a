cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
block Down(filters: int)(x: [c, d, h, w]) -> [filters, d/2, h/2, w/2] { x |> Conv3d(filters) }
model m(t1) { t1 |> Down(8) }

// error[E0305] 3:73 `Down` promises [8, 16, 16, 16] and gives [8, 32, 32, 32]
// also 3:46
// also 4:15
// hint: change the promise or the body
