cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
target lesion: mask[32, 32, 32]{rest, lesion} = c.image("anat/*_lesion.nii.gz")
target age: real = c.column("age")
model m(t1) -> lesion { t1 |> Conv3d(2) }
train m {
  minimize cross_entropy(m, lesion)
  patches 16, overlapping(0.5)
}
score m: dice

// error[E0201] 8:15 there is no option of patches `overlapping`
// hint: there is balanced, each, overlap
// table: c: age number
