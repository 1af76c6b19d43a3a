// Three separable convolutions and a way around them.
//
// golden: dimitri_blocks/midflow
// input: x = x
// input: cot = cot
// output: m.blocks = act.blocks
// output: m.out = out
//
//| [names]
//| "blocks.0" = "m.Sep"
//| "blocks.1" = "m.Sep_2"
//| "blocks.2" = "m.Sep_3"
//| [inside]
//| "depthwise.conv" = "DepthwiseConv3d"
//| pointwise = "Conv3d"
//| bn = "BatchNorm"

modality x: tensor[4, 6, 7, 5] = given()
modality cot: tensor[4, 6, 7, 5] = given()

block Sep(filters: int, eps: real = 1e-5, momentum: real = 0.1)(x: [c, d, h, w]) -> [filters, d, h, w] {
  x
    |> DepthwiseConv3d([5, 6, 5], bias: false)
    |> Conv3d(filters, kernel: 1)
    |> BatchNorm(eps: eps, momentum: momentum)
    |> elu
}

model m(x) {
  output blocks = x |> Sep(4) |> Sep(4) |> Sep(4)
  output out = x + blocks
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
