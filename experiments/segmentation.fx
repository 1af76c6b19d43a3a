/// The two parts of the hippocampus, drawn by a U-Net on real scans.
///
/// Every test subject gets a label map on the grid of the scan as it came, and scores of each part in millimetres.
///
/// Data: Medical Segmentation Decathlon, Task04 Hippocampus (http://medicaldecathlon.com), as a BIDS tree with the
/// labels under derivatives/labels. Then: fascicle run segmentation.fx --set data=FOLDER
use std.unet.Unet

param data: text = "data/hippocampus"
param width: int = 12
param epochs: int = 20

cohort msd = bids(data)

modality t1: volume[1, 40, 56, 48] = msd.image("anat/*_T1w.nii.gz") |> zscore
target parts: mask[40, 56, 48]{rest, anterior, posterior} = msd.image("derivatives/labels/anat/*_dseg.nii.gz")
  |> labels(1, 2)

model draw(t1) -> parts { t1 |> Unet(levels: 3, width: width, classes: 3) }

train draw {
  minimize cross_entropy(draw, parts) + dice_loss(draw |> softmax, parts)
  optimizer AdamW(lr: 3e-3)
  schedule Cosine(warmup: 1)
  augment rotate(15deg), zoom(0.9..1.1), elastic(2mm, p: 0.3)
  augment gamma(0.7..1.5, p: 0.3), bias_field(0.3, p: 0.3), noise(0.1, p: 0.3)
  epochs epochs
  batch 4
  keep best dice on validation
}

protocol split = holdout(train: 0.7, validation: 0.1, test: 0.2, seed: 1)

score draw: dice, hausdorff(95%), surface_distance, surface_dice(1mm), volume_similarity, each: class
