/// A lesion and its scan cut alike: around the head's centre of mass, not the lesion's.
cohort c = bids("data")
target lesion: mask[48, 56, 48]{rest, lesion} = c.image("anat/*_mask.nii.gz")
  |> crop(around: mass, size: [48, 56, 48], of: t1)
modality t1: volume[1, 48, 56, 48] = c.image("anat/*_T1w.nii.gz")
  |> smooth(2mm)
  |> crop(around: mass, size: [48, 56, 48])
  |> zscore
model m(t1) { output lesion = t1 |> Conv3d(2) }
train m { minimize cross_entropy(m.lesion, lesion) }
score m.lesion: dice

// shape: m.lesion = [2, 48, 56, 48]
