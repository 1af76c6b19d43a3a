cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
param width: int = 8
param width: int = 16
model m(t1) { t1 |> Conv3d(width) }

// error[E0205] 4:7 `width` is declared twice
// also 3:7
// hint: rename one of the two; order means nothing, so neither replaces the other
