// Squeeze and excitation as MONAI's `ChannelSELayer`.
//
// golden: squeeze_excite
// input: x = x
// input: cot = cot
// run: eval
// output: m.out = out
//
//| [names]
//| "fc.0" = "m.SqueezeExcite.Linear"
//| "fc.2" = "m.SqueezeExcite.Linear_2"

use std.blocks.SqueezeExcite

modality x: tensor[6, 3, 4, 2] = given()
modality cot: tensor[6, 3, 4, 2] = given()

model m(x) { output out = x |> SqueezeExcite(ratio: 3) }
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
