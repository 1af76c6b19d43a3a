// A residual block of which every convolution is made from the record, by one embedding.
//
// golden: hyper_ad/block_TTT/fixed
// input: x = x
// input: tabular = tabular
// input: cot = cot
// output: m = out
// skip: *.act.*: inside of a block whose result is compared
// skip: train.buffer_after.*.embedding_model.*: the authors' code applies the embedding anew for each layer that it makes
//
//| [names]
//| bn1 = "m.HyperPreactRes.BatchNorm"
//| bn2 = "m.HyperPreactRes.BatchNorm_2"
//| "conv1.layer.hyper_net.embedding_model.0" = "m.Embed.Linear"
//| "conv1.layer.hyper_net.embedding_model.1" = "m.Embed.BatchNorm"
//| "conv1.layer.hyper_net.embedding_model.2" = "m.Embed.PRelu"
//| "conv1.layer.hyper_net.weights_gen" = "m.HyperPreactRes.HyperConv3d.Linear"
//| "conv1.layer.hyper_net.bias_gen" = "m.HyperPreactRes.HyperConv3d.Linear_2"
//| "conv2.layer.hyper_net.embedding_model.0" = "m.Embed.Linear"
//| "conv2.layer.hyper_net.embedding_model.1" = "m.Embed.BatchNorm"
//| "conv2.layer.hyper_net.embedding_model.2" = "m.Embed.PRelu"
//| "conv2.layer.hyper_net.weights_gen" = "m.HyperPreactRes.HyperConv3d_2.Linear"
//| "conv2.layer.hyper_net.bias_gen" = "m.HyperPreactRes.HyperConv3d_2.Linear_2"
//| "downsample.0.layer.hyper_net.embedding_model.0" = "m.Embed.Linear"
//| "downsample.0.layer.hyper_net.embedding_model.1" = "m.Embed.BatchNorm"
//| "downsample.0.layer.hyper_net.embedding_model.2" = "m.Embed.PRelu"
//| "downsample.0.layer.hyper_net.weights_gen" = "m.HyperPreactRes.HyperConv3d_3.Linear"
//| "downsample.0.layer.hyper_net.bias_gen" = "m.HyperPreactRes.HyperConv3d_3.Linear_2"
//| "downsample.1" = "m.HyperPreactRes.BatchNorm_3"

use std.fusion.HyperPreactRes

modality x: tensor[4, 6, 8, 6] = given()
condition tabular: vector[5] = given()
modality cot: tensor[8, 3, 4, 3] = given()

block Embed(x: [n]) -> [8] { x |> Linear(8) |> BatchNorm() |> PRelu() }

model m(x, tabular) {
  HyperPreactRes(8, stride: 2, dropout: 0.3, momentum: 0.05, first: true, second: true)(x, tabular |> Embed())
}
train m {
  minimize 3 * batch_mean(reduce_sum(m * cot))
}
