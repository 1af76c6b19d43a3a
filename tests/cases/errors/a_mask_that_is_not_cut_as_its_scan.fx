cohort c = bids("data")
modality t1: volume[1, 48, 48, 48] = c.image("anat/*_T1w.nii.gz") |> crop(around: mass, size: [48, 48, 48]) |> zscore
target lesion: mask[48, 48, 48]{rest, lesion} = c.image("anat/*_mask.nii.gz")
model m(t1) { output lesion = t1 |> Conv3d(2) }
train m { minimize cross_entropy(m.lesion, lesion) }
score m.lesion: dice

// error[E0712] 3:8 `lesion` and `t1` are not cut around the same centre, so that the mask lies beside what it labels
// hint: cut the mask around the scan's centre: |> crop(around: mass, size: [48, 48, 48], of: t1)
