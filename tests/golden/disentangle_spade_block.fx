// Spatially adaptive normalisation: anatomy four times as large as what it scales and shifts.
//
// golden: disentangle/spade_block
// input: s = s
// input: z = z
// input: about = inputs_type
// input: cot = cot
// output: m = out
// skip: eval.act.*: what is inside the block
//
//| [names]
//| si_layers = "m.Spade.ConvAbout.CondConv"
//| gamma = "m.Spade.ConvAbout_2.CondConv"
//| beta = "m.Spade.ConvAbout_3.CondConv"
//| out = "m.Spade.ConvAbout_4.CondConv"
//| [inside]
//| weight = "Parameter.weight"
//| bias = "Parameter_2.weight"
//| "_routing_fn.fc.weight" = "Linear.weight"
//| "_routing_fn.fc.bias" = "Linear.bias"

use std.disentangle.Spade

modality s: tensor[2, 24, 32] = given()
modality z: tensor[4, 6, 8] = given()
modality about: tensor[1] = given()
modality cot: tensor[3, 6, 8] = given()

model m(s, z, about) { Spade(3)(s, z, about) }
train m {
  minimize 2 * batch_mean(reduce_sum(m * cot))
}
