// The painter of the shipped configuration: a trunk for all contrasts and a head of one.
//
// golden: disentangle/spade_halves_cond
// input: s = s
// input: z = z
// input: about = inputs_type
// input: cot = cot
// output: m.mid = mid
// output: m.out = out
//
//| [names]
//| "shared.zi_scaler" = "m.PainterTrunk.Linear"
//| "shared.sp1" = "m.PainterTrunk.Spade[1]"
//| "shared.sp2" = "m.PainterTrunk.Spade[2]"
//| "shared.sp3" = "m.PainterTrunk.Spade[3]"
//| "own.sp4" = "m.PainterHead.Spade"
//| "own.sp5" = "m.PainterHead.Spade_2"
//| "own.sp6" = "m.PainterHead.Spade_3"
//| "own.out.weight" = "m.PainterHead.ConvAbout.CondConv.Parameter.weight"
//| "own.out.bias" = "m.PainterHead.ConvAbout.CondConv.Parameter_2.weight"
//| "own.out._routing_fn.fc" = "m.PainterHead.ConvAbout.CondConv.Linear"
//| [inside]
//| "si_layers.weight" = "ConvAbout.CondConv.Parameter.weight"
//| "si_layers.bias" = "ConvAbout.CondConv.Parameter_2.weight"
//| "si_layers._routing_fn.fc" = "ConvAbout.CondConv.Linear"
//| "gamma.weight" = "ConvAbout_2.CondConv.Parameter.weight"
//| "gamma.bias" = "ConvAbout_2.CondConv.Parameter_2.weight"
//| "gamma._routing_fn.fc" = "ConvAbout_2.CondConv.Linear"
//| "beta.weight" = "ConvAbout_3.CondConv.Parameter.weight"
//| "beta.bias" = "ConvAbout_3.CondConv.Parameter_2.weight"
//| "beta._routing_fn.fc" = "ConvAbout_3.CondConv.Linear"
//| "out.weight" = "ConvAbout_4.CondConv.Parameter.weight"
//| "out.bias" = "ConvAbout_4.CondConv.Parameter_2.weight"
//| "out._routing_fn.fc" = "ConvAbout_4.CondConv.Linear"

use std.disentangle.{PainterHead, PainterTrunk}

modality s: tensor[4, 64, 96] = given()
modality z: tensor[16] = given()
modality about: tensor[1] = given()
modality cot: tensor[2, 64, 96] = given()

model m(s, z, about) {
  output mid = PainterTrunk(8)(s, z, about)
  output out = PainterHead(2)(s, mid, about)
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
