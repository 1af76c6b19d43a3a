// The dense twin of the separable convolution.
//
// golden: dimitri_blocks/convblock
// input: x = x
// input: cot = cot
// output: m.conv = act.conv
// output: m.bn = act.bn
// output: m.out = out
// output: m.out = act.act
//
//| [names]
//| "conv.conv" = "m.Conv3d"
//| bn = "m.BatchNorm"

modality x: tensor[2, 7, 8, 6] = given()
modality cot: tensor[3, 7, 8, 6] = given()

model m(x) {
  output conv = x |> Conv3d(3, kernel: [5, 6, 5])
  output bn = conv |> BatchNorm()
  output out = bn |> elu
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
