// The appearance encoder, at the one extent that its authors' code can read.
//
// golden: disentangle/modality_encoder_procedural
// input: x = x
// input: about = inputs_type
// input: cot = cot
// input: cot2 = cot2
// output: m.mean = z_mean
// output: m.log_var = z_log_var
// loss: m = loss
// skip: eval.act.*: levels stay inside the block
// skip: train.act.*: levels stay inside the block
//
//| ignore = ["convs.*"]
//| [names]
//| conv1 = "m.Appearance.ConvAbout[1].CondConv"
//| conv2 = "m.Appearance.ConvAbout[2].CondConv"
//| conv3 = "m.Appearance.ConvAbout[3].CondConv"
//| conv4 = "m.Appearance.ConvAbout[4].CondConv"
//| conv5 = "m.Appearance.ConvAbout[5].CondConv"
//| "fcs.0.weight" = "m.Appearance.Linear.weight"
//| "fcs.0.bias" = "m.Appearance.Linear.bias"
//| "mean.weight" = "m.Appearance.Linear_2.weight"
//| "mean.bias" = "m.Appearance.Linear_2.bias"
//| "log_var.weight" = "m.Appearance.Linear_3.weight"
//| "log_var.bias" = "m.Appearance.Linear_3.bias"
//| [inside]
//| weight = "Parameter.weight"
//| bias = "Parameter_2.weight"
//| "_routing_fn.fc.weight" = "Linear.weight"
//| "_routing_fn.fc.bias" = "Linear.bias"

use std.disentangle.Appearance

modality x: tensor[2, 160, 192] = given()
modality about: tensor[1] = given()
modality cot: tensor[16] = given()
modality cot2: tensor[16] = given()

model m(x, about) {
  let q = Appearance()(x, about)
  output mean = q.mean
  output log_var = q.log_var
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.mean * cot)) + 2 * batch_mean(reduce_sum(m.log_var * cot2))
}
