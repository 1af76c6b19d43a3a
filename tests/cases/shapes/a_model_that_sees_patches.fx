/// A model is one of patches, whose input keeps the shape of its whole image.
use std.fusion.Film
use std.unet.Unet

param side: int = 32

cohort c = bids("data")
modality t1: volume[1, 96, 80, 64] = c.image("anat/*_T1w.nii.gz") |> zscore
modality flair: volume[1, 96, 80, 64]? = c.image("anat/*_FLAIR.nii.gz") |> zscore
condition about: vector[1] = c.columns(age |> standardize)
target lesion: mask[96, 80, 64]{rest, lesion} = c.image("anat/*_lesion.nii.gz")

model draw(t1, flair, about) -> lesion {
  let seen = concat(t1, flair ?? zeros) |> Conv3d(2)
  Film()(seen, about) |> Unet(levels: 3, width: 4, classes: 2)
}
train draw {
  minimize cross_entropy(draw, lesion) + dice_loss(draw |> softmax, lesion)
  patches [side, 32, 16], balanced(by: lesion), each(2), overlap(0.5)
  augment rotate(15deg), flip(axis: sagittal), noise(0.1)
  batch 2
}
score draw: dice
sweep sides: side in [16, 32] { compare dice }

// shape: draw = [2, 32, 32, 16]
// table: c: age number
