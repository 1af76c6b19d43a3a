cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
target lesion: mask[32, 32, 32]{rest, lesion} = c.image("anat/*_lesion.nii.gz")
target age: real = c.column("age")
model m(t1) -> lesion { t1 |> Conv3d(2) }
train m {
  minimize cross_entropy(m, lesion)
  patches [48, 16, 16]
}
score m: dice

// error[E0861] 8:11 a patch of [48, 16, 16] does not lie within `t1`, which has [32, 32, 32] voxels
// also 2:10
// hint: at most [32, 16, 16]; or declare `t1` larger: images are padded to the shape that is declared
// table: c: age number
