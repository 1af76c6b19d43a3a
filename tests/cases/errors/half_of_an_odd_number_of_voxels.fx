cohort c = bids("data")
modality t1: volume[1, 35, 51, 35] = c.image("anat/*_T1w.nii.gz")
block Down(filters: int)(x: [c, d, h, w]) -> [filters, d/2, h/2, w/2] { x |> Conv3d(filters, stride: 2) }
model m(t1) { t1 |> Down(8) }

// error[E0304] 3:56 `d/2`: 35 cannot be divided by 2 without a remainder
// also 4:15
// hint: pad or crop the input so that the axis is a multiple of 2
