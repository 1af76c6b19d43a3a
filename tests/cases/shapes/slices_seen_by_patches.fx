/// Patches of a plane have two extents; neighbouring slices come along as channels (2.5D).
cohort c = bids("data")
modality t1: slices[3, 64, 64] = c.image("anat/*_T1w.nii.gz") |> zscore |> adjacent(3)
target lesion: mask[64, 64]{rest, lesion} = c.image("anat/*_lesion.nii.gz")

model draw(t1) -> lesion { t1 |> Conv2d(4) |> relu |> Conv2d(2) }
train draw {
  minimize cross_entropy(draw, lesion)
  patches [32, 16], balanced(by: lesion)
}
score draw: dice

// shape: draw = [2, 32, 16]
