/// The tissues of a whole head at 1 mm, by patches of it.
///
/// A network sees 64 x 64 x 64 voxels at a time; a whole scan of 256 x 256 x 256 is gone over by windows of that size.
///
/// Data: a BIDS tree of scans with tissue maps under derivatives/labels: 1 grey matter, 2 white matter, 3 fluid, 0 all else. `python
/// tests/reference/heads.py` paints one from label maps. Then: fascicle run whole_head.fx --set data=FOLDER
use std.unet.Unet

param data: text = "data/heads"
param width: int = 8
param side: int = 64
param epochs: int = 20

cohort heads = bids(data)

modality t1: volume[1, 256, 256, 256] = heads.image("anat/*_T1w.nii.gz") |> zscore
target tissue: mask[256, 256, 256]{rest, grey, white, fluid} = heads.image(
  "derivatives/labels/anat/*_dseg.nii.gz",
)
  |> labels(1, 2, 3)

model draw(t1) -> tissue { t1 |> Unet(levels: 4, width: width, classes: 4) }

train draw {
  minimize cross_entropy(draw, tissue) + dice_loss(draw |> softmax, tissue)
  patches side, balanced(by: tissue), each(8)
  optimizer AdamW(lr: 3e-3)
  schedule Cosine(warmup: 1)
  augment rotate(10deg, p: 0.3), gamma(0.8..1.3, p: 0.3), bias_field(0.3, p: 0.3)
  epochs epochs
  batch 2
  keep last
}

protocol split = holdout(train: 0.75, validation: 0, test: 0.25, seed: 1)

score draw: dice, each: class
