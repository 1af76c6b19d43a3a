// MONAI's `DenseNet` with two blocks of two layers.
//
// golden: densenet
// input: x = x
// input: cot = cot
// output: m.out = out
//
//| [names]
//| "features.conv0" = "m.Conv3d"
//| "features.norm0" = "m.BatchNorm"
//| "features.denseblock1.denselayer1.layers" = "m.DenseLayer"
//| "features.denseblock1.denselayer2.layers" = "m.DenseLayer_2"
//| "features.transition1.norm" = "m.DenseTransition.BatchNorm"
//| "features.transition1.conv" = "m.DenseTransition.Conv3d"
//| "features.denseblock2.denselayer1.layers" = "m.DenseLayer_3"
//| "features.denseblock2.denselayer2.layers" = "m.DenseLayer_4"
//| "features.norm5" = "m.BatchNorm_2"
//| "class_layers.out" = "m.Linear"
//| [inside]
//| norm1 = "BatchNorm"
//| conv1 = "Conv3d"
//| norm2 = "BatchNorm_2"
//| conv2 = "Conv3d_2"

use std.encoders.{DenseLayer, DenseTransition}

modality x: tensor[1, 24, 24, 16] = given()
modality cot: tensor[3] = given()

model m(x) {
  let first = x
    |> Conv3d(4, kernel: 7, stride: 2, padding: 3, bias: false)
    |> BatchNorm()
    |> relu
    |> max_pool3d(3, stride: 2, padding: 1)
  let top = first |> DenseLayer(2) |> DenseLayer(2) |> DenseTransition() |> DenseLayer(2) |> DenseLayer(2)
  output out = top |> BatchNorm() |> relu |> global_avg_pool |> Linear(3)
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
