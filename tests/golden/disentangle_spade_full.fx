// The painter in one, with plain convolutions.
//
// golden: disentangle/spade_full_plain
// input: s = s
// input: z = z
// input: about = inputs_type
// input: cot = cot
// output: m.out = out
//
//| [names]
//| "dec.zi_scaler" = "m.Painter.PainterTrunk.Linear"
//| "dec.sp1" = "m.Painter.PainterTrunk.Spade[1]"
//| "dec.sp2" = "m.Painter.PainterTrunk.Spade[2]"
//| "dec.sp3" = "m.Painter.PainterTrunk.Spade[3]"
//| "dec.sp4" = "m.Painter.PainterHead.Spade"
//| "dec.sp5" = "m.Painter.PainterHead.Spade_2"
//| "dec.sp6" = "m.Painter.PainterHead.Spade_3"
//| "dec.out" = "m.Painter.PainterHead.ConvAbout.Conv2d"
//| [inside]
//| si_layers = "ConvAbout.Conv2d"
//| gamma = "ConvAbout_2.Conv2d"
//| beta = "ConvAbout_3.Conv2d"
//| out = "ConvAbout_4.Conv2d"

use std.disentangle.Painter

modality s: tensor[4, 64, 96] = given()
modality z: tensor[16] = given()
modality about: tensor[1] = given()
modality cot: tensor[2, 64, 96] = given()

model m(s, z, about) { output out = Painter(2, width: 8, conditional: false)(s, z, about) |> softplus }
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
