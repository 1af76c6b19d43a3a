// A separable convolution, then halving: an odd extent loses its last voxel.
//
// golden: dimitri_blocks/down_sep
// input: x = x
// input: cot = cot
// output: m.block = act.block
// output: m.out = out
// output: m.out = act.pool
//
//| [names]
//| "block.depthwise.conv" = "m.Sep.DepthwiseConv3d"
//| "block.pointwise" = "m.Sep.Conv3d"
//| "block.bn" = "m.Sep.BatchNorm"

modality x: tensor[3, 8, 9, 7] = given()
modality cot: tensor[4, 4, 4, 3] = given()

block Sep(filters: int, eps: real = 1e-5, momentum: real = 0.1)(x: [c, d, h, w]) -> [filters, d, h, w] {
  x
    |> DepthwiseConv3d([5, 6, 5], bias: false)
    |> Conv3d(filters, kernel: 1)
    |> BatchNorm(eps: eps, momentum: momentum)
    |> elu
}

model m(x) {
  output block = x |> Sep(4)
  output out = block |> max_pool3d(2)
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
