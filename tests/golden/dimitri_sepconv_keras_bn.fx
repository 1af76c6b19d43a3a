// The separable convolution with the batch normalisation of Keras.
//
// golden: dimitri_blocks/sepconv_keras_bn
// input: x = x
// input: cot = cot
// output: m.depthwise = act.depthwise
// output: m.pointwise = act.pointwise
// output: m.bn = act.bn
// output: m.out = out
// output: m.out = act.act
//
//| [names]
//| "depthwise.conv" = "m.DepthwiseConv3d"
//| "pointwise" = "m.Conv3d"
//| "bn" = "m.BatchNorm"

modality x: tensor[3, 7, 8, 6] = given()
modality cot: tensor[5, 7, 8, 6] = given()

model m(x) {
  output depthwise = x |> DepthwiseConv3d([5, 6, 5], bias: false)
  output pointwise = depthwise |> Conv3d(5, kernel: 1)
  output bn = pointwise |> BatchNorm(eps: 1e-3, momentum: 0.01)
  output out = bn |> elu
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
