// A convolution, then halving.
//
// golden: dimitri_blocks/down_conv
// input: x = x
// input: cot = cot
// output: m.block = act.block
// output: m.out = out
// output: m.out = act.pool
//
//| [names]
//| "block.conv.conv" = "m.Conv.Conv3d"
//| "block.bn" = "m.Conv.BatchNorm"

modality x: tensor[2, 8, 6, 8] = given()
modality cot: tensor[3, 4, 3, 4] = given()

block Conv(filters: int)(x: [c, d, h, w]) -> [filters, d, h, w] {
  x |> Conv3d(filters, kernel: [5, 6, 5]) |> BatchNorm() |> elu
}

model m(x) {
  output block = x |> Conv(3)
  output out = block |> max_pool3d(2)
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
