// Doubling by repetition, then a separable convolution.
//
// golden: dimitri_blocks/up_sep
// input: x = x
// input: cot = cot
// output: m.up = act.up
// output: m.out = out
// output: m.out = act.block
//
//| [names]
//| "block.depthwise.conv" = "m.Sep.DepthwiseConv3d"
//| "block.pointwise" = "m.Sep.Conv3d"
//| "block.bn" = "m.Sep.BatchNorm"

modality x: tensor[4, 4, 3, 4] = given()
modality cot: tensor[3, 8, 6, 8] = given()

block Sep(filters: int, eps: real = 1e-5, momentum: real = 0.1)(x: [c, d, h, w]) -> [filters, d, h, w] {
  x
    |> DepthwiseConv3d([5, 6, 5], bias: false)
    |> Conv3d(filters, kernel: 1)
    |> BatchNorm(eps: eps, momentum: momentum)
    |> elu
}

model m(x) {
  output up = x |> upsample(2)
  output out = up |> Sep(3)
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
