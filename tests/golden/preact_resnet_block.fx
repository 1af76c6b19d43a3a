// A pre-activation residual block on odd extents: the way around normalises the image itself, then convolves.
//
// golden: preact_resnet/block
// input: x = x
// input: cot = cot
// output: m = out
// skip: *.act.*: inside of a block whose result is compared
//
//| [names]
//| bn1 = "m.PreactRes.PreactBranch.BatchNorm"
//| conv1 = "m.PreactRes.PreactBranch.Conv3d"
//| bn2 = "m.PreactRes.PreactBranch.BatchNorm_2"
//| conv2 = "m.PreactRes.PreactBranch.Conv3d_2"
//| "downsample.0" = "m.PreactRes.PreactShortcut.BatchNorm"
//| "downsample.1" = "m.PreactRes.PreactShortcut.Conv3d"

use std.blocks.PreactRes

modality x: tensor[3, 7, 8, 5] = given()
modality cot: tensor[5, 4, 4, 3] = given()

model m(x) { x |> PreactRes(5, stride: 2, dropout: 0.1, momentum: 0.05) }
train m {
  minimize 2 * batch_mean(reduce_sum(m * cot))
}
