// An auto-encoder of all these blocks.
//
// golden: dimitri_blocks/tiny_ae
// input: x = x
// input: cot = cot
// output: m.down1 = act.down1
// output: m.down2 = act.down2
// output: m.mid = act.mid
// output: m.up1 = act.up1
// output: m.up2 = act.up2
// output: m.out = act.out
// output: m.out = out
//
//| [names]
//| "down1.block" = "m.Sep"
//| "down2.block" = "m.Sep_2"
//| "mid.blocks.0" = "m.Sep_3"
//| "mid.blocks.1" = "m.Sep_4"
//| "mid.blocks.2" = "m.Sep_5"
//| "up1.block" = "m.Sep_6"
//| "up2.block" = "m.Sep_7"
//| out = "m.Conv3d"
//| [inside]
//| "depthwise.conv" = "DepthwiseConv3d"
//| pointwise = "Conv3d"
//| bn = "BatchNorm"

modality x: tensor[2, 8, 12, 8] = given()
modality cot: tensor[2, 8, 12, 8] = given()

block Sep(filters: int, eps: real = 1e-5, momentum: real = 0.1)(x: [c, d, h, w]) -> [filters, d, h, w] {
  x
    |> DepthwiseConv3d([5, 6, 5], bias: false)
    |> Conv3d(filters, kernel: 1)
    |> BatchNorm(eps: eps, momentum: momentum)
    |> elu
}

model m(x) {
  output down1 = x |> Sep(4) |> max_pool3d(2)
  output down2 = down1 |> Sep(6) |> max_pool3d(2)
  output mid = down2 + (down2 |> Sep(6) |> Sep(6) |> Sep(6))
  output up1 = mid |> upsample(2) |> Sep(4)
  output up2 = up1 |> upsample(2) |> Sep(4)
  output out = up2 |> Conv3d(2, kernel: 1)
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
