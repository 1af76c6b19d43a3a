cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
target lesion: mask[32, 32, 32]{rest, lesion} = c.image("anat/*_lesion.nii.gz")
target age: real = c.column("age")
model m(t1) -> lesion { t1 |> Conv3d(2) }
train m {
  minimize cross_entropy(m, lesion)
  patches [16, 16]
}
score m: dice

// error[E0861] 8:11 a patch of `t1` has 3 extents, found 2
// also 2:10
// hint: one for each axis of space, or one number for all: patches [32, 32, 32]
// table: c: age number
