// All networks and losses together, as published: the U-Net without its inner activations, and cross reconstructions
// painted by the head of the contrast that the shapes are of.
//
// golden: disentangle/pipeline_procedural
// double: in single precision rounding decides on which side of 0 single elements before the leaky rectifiers fall
// input: x0 = x0
// input: x1 = x1
// input: x2 = x2
// run: eval
// present: x0 = mask[:, 0]
// present: x1 = mask[:, 1]
// present: x2 = mask[:, 2]
// output: m.z[x0] = z_mean.0
// output: m.log_var[x0] = z_log_var.0
// output: m.again[x0] = z_mean_new.0
// output: m.s[x0] at [:, :, 4::8, 4::8] = s.0.stride8
// output: m.drawn[x0] at [:, :, 4::8, 4::8] = x_fake.0.stride8
// output: m.z[x1] = z_mean.1
// output: m.log_var[x1] = z_log_var.1
// output: m.again[x1] = z_mean_new.1
// output: m.s[x1] at [:, :, 4::8, 4::8] = s.1.stride8
// output: m.drawn[x1] at [:, :, 4::8, 4::8] = x_fake.1.stride8
// output: m.z[x2] = z_mean.2
// output: m.log_var[x2] = z_log_var.2
// output: m.again[x2] = z_mean_new.2
// output: m.s[x2] at [:, :, 4::8, 4::8] = s.2.stride8
// output: m.drawn[x2] at [:, :, 4::8, 4::8] = x_fake.2.stride8
// output: m.mixed[x0, x1] at [:, :, 8::16, 8::16] = x_mix.0.stride16
// output: m.mixed[x0, x2] at [:, :, 8::16, 8::16] = x_mix.1.stride16
// output: m.mixed[x1, x0] at [:, :, 8::16, 8::16] = x_mix.2.stride16
// output: m.mixed[x1, x2] at [:, :, 8::16, 8::16] = x_mix.3.stride16
// output: m.mixed[x2, x0] at [:, :, 8::16, 8::16] = x_mix.4.stride16
// output: m.mixed[x2, x1] at [:, :, 8::16, 8::16] = x_mix.5.stride16
// output: m.recon_x = recon_x
// output: m.recon_x_mix = recon_x_mix
// output: m.latent_z = latent_z
// output: m.sim_s = sim_s
// output: m.sim_z = sim_z
// loss: m = total
// skip: train.*: there the code's batch statistics hold the subjects who lack a contrast: disentangle_pipeline_training
//
//| ignore = ["anatomy_encoder_dec.output.bn.*", "modality_encoder_list.0.convs.*"]
//| [names]
//| "anatomy_encoder_enc_list.0.down_1.weight" = "m.AnatomyUnet.ConvAbout.CondConv.Parameter.weight"
//| "anatomy_encoder_enc_list.0.down_1.bias" = "m.AnatomyUnet.ConvAbout.CondConv.Parameter_2.weight"
//| "anatomy_encoder_enc_list.0.down_1._routing_fn.fc" = "m.AnatomyUnet.ConvAbout.CondConv.Linear"
//| "anatomy_encoder_dec.output.conv.weight" = "m.AnatomyUnet.ConvAbout_2.CondConv.Parameter.weight"
//| "anatomy_encoder_dec.output.conv.bias" = "m.AnatomyUnet.ConvAbout_2.CondConv.Parameter_2.weight"
//| "anatomy_encoder_dec.output.conv._routing_fn.fc" = "m.AnatomyUnet.ConvAbout_2.CondConv.Linear"
//| "anatomy_encoder_enc_list.0.down_2" = "m.AnatomyUnet.AnatomyDown[1]"
//| "anatomy_encoder_enc_list.0.down_3" = "m.AnatomyUnet.AnatomyDown[2]"
//| "anatomy_encoder_enc_list.0.down_4" = "m.AnatomyUnet.AnatomyDown[3]"
//| "anatomy_encoder_enc_list.0.down_5" = "m.AnatomyUnet.AnatomyDown"
//| "anatomy_encoder_dec.up_4" = "m.AnatomyUnet.AnatomyJoin[1]"
//| "anatomy_encoder_dec.up_3" = "m.AnatomyUnet.AnatomyJoin[2]"
//| "anatomy_encoder_dec.up_2" = "m.AnatomyUnet.AnatomyJoin[3]"
//| "anatomy_encoder_dec.up_1" = "m.AnatomyUnet.AnatomyJoin"
//| "modality_encoder_list.0.conv1.weight" = "m.Appearance.ConvAbout[1].CondConv.Parameter.weight"
//| "modality_encoder_list.0.conv1.bias" = "m.Appearance.ConvAbout[1].CondConv.Parameter_2.weight"
//| "modality_encoder_list.0.conv1._routing_fn.fc" = "m.Appearance.ConvAbout[1].CondConv.Linear"
//| "modality_encoder_list.0.conv2.weight" = "m.Appearance.ConvAbout[2].CondConv.Parameter.weight"
//| "modality_encoder_list.0.conv2.bias" = "m.Appearance.ConvAbout[2].CondConv.Parameter_2.weight"
//| "modality_encoder_list.0.conv2._routing_fn.fc" = "m.Appearance.ConvAbout[2].CondConv.Linear"
//| "modality_encoder_list.0.conv3.weight" = "m.Appearance.ConvAbout[3].CondConv.Parameter.weight"
//| "modality_encoder_list.0.conv3.bias" = "m.Appearance.ConvAbout[3].CondConv.Parameter_2.weight"
//| "modality_encoder_list.0.conv3._routing_fn.fc" = "m.Appearance.ConvAbout[3].CondConv.Linear"
//| "modality_encoder_list.0.conv4.weight" = "m.Appearance.ConvAbout[4].CondConv.Parameter.weight"
//| "modality_encoder_list.0.conv4.bias" = "m.Appearance.ConvAbout[4].CondConv.Parameter_2.weight"
//| "modality_encoder_list.0.conv4._routing_fn.fc" = "m.Appearance.ConvAbout[4].CondConv.Linear"
//| "modality_encoder_list.0.conv5.weight" = "m.Appearance.ConvAbout[5].CondConv.Parameter.weight"
//| "modality_encoder_list.0.conv5.bias" = "m.Appearance.ConvAbout[5].CondConv.Parameter_2.weight"
//| "modality_encoder_list.0.conv5._routing_fn.fc" = "m.Appearance.ConvAbout[5].CondConv.Linear"
//| "modality_encoder_list.0.fcs.0" = "m.Appearance.Linear"
//| "modality_encoder_list.0.mean" = "m.Appearance.Linear_2"
//| "modality_encoder_list.0.log_var" = "m.Appearance.Linear_3"
//| "input_decoder_list.0.sp4" = "m.PainterHead[x0].Spade"
//| "input_decoder_list.0.sp5" = "m.PainterHead[x0].Spade_2"
//| "input_decoder_list.0.sp6" = "m.PainterHead[x0].Spade_3"
//| "input_decoder_list.0.out.weight" = "m.PainterHead[x0].ConvAbout.CondConv.Parameter.weight"
//| "input_decoder_list.0.out.bias" = "m.PainterHead[x0].ConvAbout.CondConv.Parameter_2.weight"
//| "input_decoder_list.0.out._routing_fn.fc" = "m.PainterHead[x0].ConvAbout.CondConv.Linear"
//| "input_decoder_list.1.sp4" = "m.PainterHead[x1].Spade"
//| "input_decoder_list.1.sp5" = "m.PainterHead[x1].Spade_2"
//| "input_decoder_list.1.sp6" = "m.PainterHead[x1].Spade_3"
//| "input_decoder_list.1.out.weight" = "m.PainterHead[x1].ConvAbout.CondConv.Parameter.weight"
//| "input_decoder_list.1.out.bias" = "m.PainterHead[x1].ConvAbout.CondConv.Parameter_2.weight"
//| "input_decoder_list.1.out._routing_fn.fc" = "m.PainterHead[x1].ConvAbout.CondConv.Linear"
//| "input_decoder_list.2.sp4" = "m.PainterHead[x2].Spade"
//| "input_decoder_list.2.sp5" = "m.PainterHead[x2].Spade_2"
//| "input_decoder_list.2.sp6" = "m.PainterHead[x2].Spade_3"
//| "input_decoder_list.2.out.weight" = "m.PainterHead[x2].ConvAbout.CondConv.Parameter.weight"
//| "input_decoder_list.2.out.bias" = "m.PainterHead[x2].ConvAbout.CondConv.Parameter_2.weight"
//| "input_decoder_list.2.out._routing_fn.fc" = "m.PainterHead[x2].ConvAbout.CondConv.Linear"
//| "input_decoder_list.3.zi_scaler" = "m.PainterTrunk.Linear"
//| "input_decoder_list.3.sp1" = "m.PainterTrunk.Spade[1]"
//| "input_decoder_list.3.sp2" = "m.PainterTrunk.Spade[2]"
//| "input_decoder_list.3.sp3" = "m.PainterTrunk.Spade[3]"
//| [inside]
//| bn = "BatchNorm"
//| "conv.weight" = "ConvAbout.CondConv.Parameter.weight"
//| "conv.bias" = "ConvAbout.CondConv.Parameter_2.weight"
//| "conv._routing_fn.fc" = "ConvAbout.CondConv.Linear"
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

use std.disentangle.{AnatomyUnet, Appearance, Foreground, PainterHead, PainterTrunk}

modality x0: tensor[2, 160, 192]? = given()
modality x1: tensor[2, 160, 192]? = given()
modality x2: tensor[2, 160, 192]? = given()

group mri = [x0, x1, x2]

model m(mri) {
  // 1 on the border, for each subject who has the contrast.
  let border = constant(0, size: 17280) |> reshape(1, 120, 144) |> pad([0, 0, 20, 20, 24, 24], value: 1)
  let about = for i in mri { constant(position(i, mri)) }
  let anatomy = AnatomyUnet(4, width: 4, activated: false)
  let appearance = Appearance()
  let foreground = Foreground()
  let trunk = PainterTrunk(8)
  let head = for i in mri { PainterHead(2) }

  output s = for i in mri {
    foreground(anatomy(i, about[i]), border - (i |> slice(from: 0, to: 1)) + (i |> slice(from: 0, to: 1)))
  }
  let q = for i in mri { appearance(i, about[i]) }
  output z = for i in mri { q[i].mean }
  output log_var = for i in mri { q[i].log_var }
  output drawn = for i in mri { head[i](s[i], trunk(s[i], z[i], about[i]), about[i]) }
  output mixed = for i, j in mri if i != j { head[i](s[i], trunk(s[i], z[j], about[j]), about[j]) }
  output again = for i in mri { appearance(drawn[i], about[i]) |> mean_of }
  output recon_x = mean(for i in mri { l1(drawn[i], i) })
  output recon_x_mix = mean(for i, j in mri if i != j { l1(mixed[i, j], j) })
  output latent_z = mean(for i in mri { absolute_error(again[i], z[i]) })
  output sim_s = margin(
    s[x0] |> max_pool2d(16),
    s[x2] |> max_pool2d(16),
    near: same subject,
    far: same modality,
  )
  output sim_z = margin(near: same modality, far: same subject, of: z)
}
train m {
  minimize m.recon_x + 2 * m.recon_x_mix + 0.1 * m.latent_z + 10 * m.sim_s + 2 * m.sim_z
}
