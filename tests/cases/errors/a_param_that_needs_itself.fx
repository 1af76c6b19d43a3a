param width: int = 2 * depth
param depth: int = width - 1
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(width) }

// error[E0208] 2:20 `width` needs itself
// also 1:1
