// A mixture of three convolutions, weighed by the number of a contrast.
//
// golden: disentangle/condconv_type
// input: x = x
// input: about = inputs_type
// input: cot = cot
// output: m = out
// skip: eval.act._routing_fn: the shares of the experts stay inside the block
//
//| [names]
//| weight = "m.CondConv.Parameter.weight"
//| bias = "m.CondConv.Parameter_2.weight"
//| "_routing_fn.fc" = "m.CondConv.Linear"

use std.disentangle.CondConv

modality x: tensor[3, 9, 8] = given()
modality about: tensor[1] = given()
modality cot: tensor[5, 5, 4] = given()

model m(x, about) { CondConv(5, kernel: 3, stride: 2)(x, about) }
train m {
  minimize 3 * batch_mean(reduce_sum(m * cot))
}
