// Doubling by repetition, then a convolution.
//
// golden: dimitri_blocks/up_conv
// input: x = x
// input: cot = cot
// output: m.up = act.up
// output: m.out = out
// output: m.out = act.block
//
//| [names]
//| "block.conv.conv" = "m.Conv.Conv3d"
//| "block.bn" = "m.Conv.BatchNorm"

modality x: tensor[3, 4, 3, 4] = given()
modality cot: tensor[2, 8, 6, 8] = given()

block Conv(filters: int)(x: [c, d, h, w]) -> [filters, d, h, w] {
  x |> Conv3d(filters, kernel: [5, 6, 5]) |> BatchNorm() |> elu
}

model m(x) {
  output up = x |> upsample(2)
  output out = up |> Conv(2)
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
