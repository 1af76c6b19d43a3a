// The ResNet of DAFT with the record joined to its features.
//
// golden: daft_repo_blocks/concat1fc_paper_procedural
// input: image = image
// input: tabular = tabular
// input: label = [2, 0]
// output: net = out
// output: net = act.fc
// output: net.last = act.block4
// output: net.pooled = act.global_pool
//
//| [names]
//| "conv1.conv" = "net.ConvBnRelu.Conv3d"
//| "conv1.bn" = "net.ConvBnRelu.BatchNorm"
//| block1 = "net.Res"
//| block2 = "net.Res_2"
//| block3 = "net.Res_3"
//| block4 = "net.Res_4"
//| fc = "net.Linear"
//| [inside]
//| conv1 = "Conv3d"
//| bn1 = "BatchNorm"
//| conv2 = "Conv3d_2"
//| bn2 = "BatchNorm_2"
//| "downsample.0" = "ResShortcut.Conv3d"
//| "downsample.1" = "ResShortcut.BatchNorm"

use std.blocks.{ConvBnRelu, Res}

modality image: tensor[1, 32, 32, 32] = given()
condition tabular: vector[15] = given()
target label: class{CN, MCI, AD} = given()

param width: int = 4

model net(image, tabular) -> label {
  let x = image
    |> ConvBnRelu(width)
    |> max_pool3d(2)
    |> Res(width)
    |> Res(2 * width, stride: 2)
    |> Res(4 * width, stride: 2)
  output last = x |> Res(8 * width, stride: 2)
  output pooled = last |> global_avg_pool
  concat(pooled, tabular) |> Linear(3)
}
train net {
  minimize cross_entropy(net, label)
}
