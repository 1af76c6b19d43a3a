cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
target lesion: mask[32, 32, 32]{rest, lesion} = c.image("anat/*_lesion.nii.gz")
target age: real = c.column("age")
model m(t1) -> lesion { t1 |> Conv3d(2) }
train m {
  minimize cross_entropy(m, lesion)
  patches 16, balanced(by: age)
}
score m: dice

// error[E0403] 8:28 `age` has no class at each voxel to draw patches by
// also 4:8
// hint: draw by a mask: `balanced(by: lesion)`; people are drawn by a class with `sample`
// table: c: age number
