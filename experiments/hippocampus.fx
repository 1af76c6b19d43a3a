/// One code for two modalities: a scan of the hippocampus and the map of its parts.
///
/// A convolutional autoencoder reads a T1-weighted crop and the labels of anterior and posterior hippocampus, each
/// through an encoder of its own, joins them in one code of 32 numbers, and draws both back from it. Five folds.
///
/// Data: Medical Segmentation Decathlon, Task04 Hippocampus (http://medicaldecathlon.com), as a BIDS tree with the
/// labels under derivatives/labels. Then: fascicle run hippocampus.fx --set data=FOLDER
use std.blocks.ConvBnRelu

param data: text = "data/hippocampus"
param width: int = 8
param code: int = 32

cohort msd = bids(data)

// The crops differ in shape (about 35 x 51 x 35) and in scale: all are brought to one box and to their own z-scores.
modality t1: volume[1, 32, 48, 32] = msd.image("anat/*_T1w.nii.gz") |> zscore
modality parts: volume[2, 32, 48, 32] = msd.image("derivatives/labels/anat/*_dseg.nii.gz") |> labels(1, 2)

group both = [t1, parts]

block Encoder(x: [c, d, h, w]) -> [4*width, d/8, h/8, w/8] {
  x |> ConvBnRelu(width, stride: 2) |> ConvBnRelu(2 * width, stride: 2) |> ConvBnRelu(4 * width, stride: 2)
}

// The last step up is interpolation: what a code of 32 numbers can draw is smooth anyhow.
block Painter(channels: int)(z: [n]) -> [channels, 32, 48, 32] {
  z
    |> Linear(2 * width * 8 * 12 * 8)
    |> relu
    |> reshape(2 * width, 8, 12, 8)
    |> ConvBnRelu(2 * width)
    |> upsample(2)
    |> Conv3d(channels)
    |> upsample(2, mode: linear)
}

model twin(both) {
  let z = concat(for m in both { m |> Encoder() |> flatten }) |> Linear(code)
  output code = z
  output t1 = z |> Painter(1)
  output parts = z |> Painter(2) |> sigmoid
}

train twin {
  minimize mse(twin.t1, t1) + 5 * binary_cross_entropy(twin.parts, parts)
  optimizer Adam(lr: 2e-3)
  schedule Cosine(warmup: 1)
  epochs 12
  batch 8
  keep best
}

protocol cv = kfold(5, seed: 1)

score twin.t1: mse, pearson, ssim
score twin.parts: mse, dice
