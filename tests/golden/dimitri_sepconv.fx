// A separable convolution of Dimitri et al.: depthwise, pointwise, batch normalisation, ELU.
//
// golden: dimitri_blocks/sepconv
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
  output bn = pointwise |> BatchNorm()
  output out = bn |> elu
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
