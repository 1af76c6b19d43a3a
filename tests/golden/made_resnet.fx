// MONAI's `ResNet` of basic blocks, small: what `ResNet` of the library is made of.
//
// golden: resnet
// input: x = x
// input: cot = cot
// output: m.out = out
//
//| [names]
//| "conv1" = "m.Conv3d"
//| "bn1" = "m.BatchNorm"
//| "layer1.0" = "m.Res"
//| "layer2.0" = "m.Res_2"
//| "layer2.1" = "m.Res_3"
//| "layer3.0" = "m.Res_4"
//| "layer4.0" = "m.Res_5"
//| [inside]
//| conv1 = "Conv3d"
//| bn1 = "BatchNorm"
//| conv2 = "Conv3d_2"
//| bn2 = "BatchNorm_2"
//| "downsample.0" = "ResShortcut.Conv3d"
//| "downsample.1" = "ResShortcut.BatchNorm"

use std.blocks.Res

modality x: tensor[1, 32, 32, 32] = given()
modality cot: tensor[8] = given()

model m(x) {
  let first = x
    |> Conv3d(2, kernel: 7, stride: 2, padding: 3, bias: false)
    |> BatchNorm()
    |> relu
    |> max_pool3d(3, stride: 2, padding: 1)
  output out = first
    |> Res(2)
    |> Res(4, stride: 2)
    |> Res(4)
    |> Res(4, stride: 2)
    |> Res(8, stride: 2)
    |> global_avg_pool
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
