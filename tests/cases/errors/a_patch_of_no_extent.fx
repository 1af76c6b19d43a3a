cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
target lesion: mask[32, 32, 32]{rest, lesion} = c.image("anat/*_lesion.nii.gz")
target age: real = c.column("age")
model m(t1) -> lesion { t1 |> Conv3d(2) }
train m {
  minimize cross_entropy(m, lesion)
  patches "64"
}
score m: dice

// error[E0204] 8:11 `patches` takes the voxels of a patch along each axis, such as [64, 64, 64], or 64 of all, found "64"
// hint: without quotes: 64
// table: c: age number
