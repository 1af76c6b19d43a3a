// FiLM before the activation at its published width.
//
// golden: film_ad/paper_procedural
// double: a value before the second rectifier of the first block is 9e-8 of the largest away from 0, where single precision is up to
// 9e-7 off, so that rounding decides whether it counts (PyTorch with the same weights); the gradients before it are then up to 5e-4 off
// input: image = image
// input: tabular = tabular
// input: label = [2, 0]
// output: ad = out
// output: ad = act.fc2
// output: ad.pooled = act.global_pool
// output: ad.pooled = act.linear_drop1
// output: ad.hidden = act.fc1
// output: ad.active = act.relu
// output: ad.active = act.linear_drop2
//
//| [names]
//| "conv1.0" = "ad.Conv3d"
//| "conv1.1" = "ad.BatchNorm"
//| block1 = "ad.PreactRes"
//| block2 = "ad.PreactRes_2"
//| block3 = "ad.PreactRes_3"
//| blockX = "ad.ModulatedPreactRes"
//| "blockX.aux.aux_base" = "ad.ModulatedPreactRes.Film.Affine.Linear"
//| "blockX.aux.aux_out" = "ad.ModulatedPreactRes.Film.Affine.Linear_2"
//| "fc1" = "ad.Linear"
//| "fc2" = "ad.Linear_2"
//| [inside]
//| bn1 = "PreactBranch.BatchNorm"
//| conv1 = "PreactBranch.Conv3d"
//| bn2 = "PreactBranch.BatchNorm_2"
//| conv2 = "PreactBranch.Conv3d_2"
//| "downsample.0" = "PreactShortcut.BatchNorm"
//| "downsample.1" = "PreactShortcut.Conv3d"

use std.blocks.PreactRes
use std.fusion.{Film, ModulatedPreactRes}

modality image: tensor[1, 32, 48, 32] = given()
condition tabular: vector[16] = given()
target label: class{CN, MCI, AD} = given()

param width: int = 16
param momentum: real = 0.05

model ad(image, tabular) -> label {
  let x = image |> Conv3d(width, padding: 1) |> BatchNorm(momentum: momentum) |> relu |> max_pool3d(2)
  output block2 = x
    |> PreactRes(2 * width, dropout: 0.1, momentum: momentum)
    |> PreactRes(4 * width, stride: 2, dropout: 0.2, momentum: momentum)
  output block3 = block2 |> PreactRes(8 * width, stride: 2, dropout: 0.2, momentum: momentum)
  output block4 = ModulatedPreactRes(16 * width, stride: 2, dropout: 0.3, momentum: momentum, modulate: Film)(
    block3,
    tabular,
  )
  output pooled = block4 |> global_avg_pool |> Dropout(0.6)
  output hidden = pooled |> Linear(4 * width)
  output active = hidden |> relu |> Dropout(0.5)
  active |> Linear(3)
}
train ad {
  minimize cross_entropy(ad, label, weight: [1.1, 0.6962, 1.4])
}
