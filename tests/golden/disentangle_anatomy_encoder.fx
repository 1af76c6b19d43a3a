// The anatomy U-Net as published: only its first level has an activation.
//
// golden: disentangle/anatomy_encoder
// input: x = x
// input: about = inputs_type
// input: outside = mask_img reshaped
// input: cot = cot
// output: m.logits = logits
// output: m.s = s
// output: m.soft = s_plain_softmax
// loss: m = loss
// double: the loss is a sum of terms of both signs that nearly cancel; PyTorch in single precision is 1.4e-5 off in it
// skip: *.down_5: the deepest level stays inside the block
// skip: train.buffer_after.dec.output.bn.*: the last layer passes its normalisation by
//
//| ignore = ["dec.output.bn.*"]
//| [names]
//| "enc.down_1.weight" = "m.AnatomyUnet.ConvAbout.CondConv.Parameter.weight"
//| "enc.down_1.bias" = "m.AnatomyUnet.ConvAbout.CondConv.Parameter_2.weight"
//| "enc.down_1._routing_fn.fc" = "m.AnatomyUnet.ConvAbout.CondConv.Linear"
//| "dec.output.conv.weight" = "m.AnatomyUnet.ConvAbout_2.CondConv.Parameter.weight"
//| "dec.output.conv.bias" = "m.AnatomyUnet.ConvAbout_2.CondConv.Parameter_2.weight"
//| "dec.output.conv._routing_fn.fc" = "m.AnatomyUnet.ConvAbout_2.CondConv.Linear"
//| "enc.down_2" = "m.AnatomyUnet.AnatomyDown[1]"
//| "enc.down_3" = "m.AnatomyUnet.AnatomyDown[2]"
//| "enc.down_4" = "m.AnatomyUnet.AnatomyDown[3]"
//| "enc.down_5" = "m.AnatomyUnet.AnatomyDown"
//| "dec.up_4" = "m.AnatomyUnet.AnatomyJoin[1]"
//| "dec.up_3" = "m.AnatomyUnet.AnatomyJoin[2]"
//| "dec.up_2" = "m.AnatomyUnet.AnatomyJoin[3]"
//| "dec.up_1" = "m.AnatomyUnet.AnatomyJoin"
//| [inside]
//| bn = "BatchNorm"
//| "conv.weight" = "ConvAbout.CondConv.Parameter.weight"
//| "conv.bias" = "ConvAbout.CondConv.Parameter_2.weight"
//| "conv._routing_fn.fc" = "ConvAbout.CondConv.Linear"

use std.disentangle.{AnatomyUnet, Foreground}

modality x: tensor[3, 64, 96] = given()
modality about: tensor[1] = given()
modality outside: tensor[1, 64, 96] = given()
modality cot: tensor[4, 64, 96] = given()

model m(x, about, outside) {
  output logits = AnatomyUnet(4, width: 2, activated: false)(x, about)
  output s = Foreground()(logits, outside)
  output soft = logits |> softmax
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.s * cot)) + 0.02 * batch_mean(reduce_sum(m.logits * cot))
}
