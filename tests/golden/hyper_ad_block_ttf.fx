// A residual block that keeps its shape, of which both convolutions are made from the record.
// The authors' code applies the embedding anew for each of them, and so moves its running statistics as often.
//
// golden: hyper_ad/block_TTF_stride1_samech/fixed
// input: x = x
// input: tabular = tabular
// input: cot = cot
// output: m = out
// skip: *.act.*: inside of a block whose result is compared
//
//| [names]
//| bn1 = "m.BatchNorm"
//| bn2 = "m.BatchNorm_2"
//| "conv1.layer.hyper_net.embedding_model.0" = "m.Embed.Linear"
//| "conv1.layer.hyper_net.embedding_model.1" = "m.Embed.BatchNorm"
//| "conv1.layer.hyper_net.embedding_model.2" = "m.Embed.PRelu"
//| "conv1.layer.hyper_net.weights_gen" = "m.HyperConv3d.Linear"
//| "conv1.layer.hyper_net.bias_gen" = "m.HyperConv3d.Linear_2"
//| "conv2.layer.hyper_net.embedding_model.0" = "m.Embed.Linear"
//| "conv2.layer.hyper_net.embedding_model.1" = "m.Embed.BatchNorm"
//| "conv2.layer.hyper_net.embedding_model.2" = "m.Embed.PRelu"
//| "conv2.layer.hyper_net.weights_gen" = "m.HyperConv3d_2.Linear"
//| "conv2.layer.hyper_net.bias_gen" = "m.HyperConv3d_2.Linear_2"

use std.fusion.HyperConv3d

modality x: tensor[4, 6, 8, 6] = given()
condition tabular: vector[5] = given()
modality cot: tensor[4, 6, 8, 6] = given()

block Embed(x: [n]) -> [8] { x |> Linear(8) |> BatchNorm() |> PRelu() }

model m(x, tabular) {
  let embed = Embed()
  let h = x |> BatchNorm(momentum: 0.05) |> relu |> ChannelDropout(0.3)
  let first = HyperConv3d(4)(h, embed(tabular))
  let g = first |> BatchNorm(momentum: 0.05) |> relu |> ChannelDropout(0.3)
  HyperConv3d(4)(g, embed(tabular)) + x
}
train m {
  minimize 3 * batch_mean(reduce_sum(m * cot))
}
