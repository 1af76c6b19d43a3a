cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
target lesion: mask[32, 32, 32]{rest, lesion} = c.image("anat/*_lesion.nii.gz")
target age: real = c.column("age")
model m(t1) -> lesion {
  let deep = t1 |> Conv3d(2)
  output code = deep |> global_avg_pool
  deep
}
train m {
  minimize cross_entropy(m, lesion)
  patches 16
}
score m: dice
analysis told = linear_probe(m.code, age)

// error[E0863] 7:17 `analysis told` asks for [2], which windows of an image do not make a whole of
// hint: ask for what has a value at each voxel of the patch, or train on whole images
// table: c: age number
