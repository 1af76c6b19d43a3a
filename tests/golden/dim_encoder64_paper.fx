// The encoder of Fedorov et al. at the size of the paper: 3,804,032 parameters.
//
// golden: dim_infonce/dcgan_encoder64_paper_procedural
// input: x = x
// input: cot = cot
// output: m.z = z
// output: m.layer at [:, ::16] = latent_8_2
// skip: *.latent_1_4: it is z
//
//| [names]
//| "_layers.0._layer.0" = "m.Dcgan.Conv3d"
//| "_layers.1._layer.0" = "m.Dcgan.Conv3d_2"
//| "_layers.1._layer.1" = "m.Dcgan.DcganDown.BatchNorm"
//| "_layers.2._layer.0" = "m.Dcgan.DcganDown.Conv3d"
//| "_layers.2._layer.1" = "m.Dcgan.DcganDown_2.BatchNorm"
//| "_layers.3._layer.0" = "m.Dcgan.DcganDown_2.Conv3d"
//| "_layers.3._layer.1" = "m.Dcgan.BatchNorm"
//| "_layers.4._layer.0" = "m.Dcgan.Conv3d_3"

use std.encoders.Dcgan

modality x: tensor[1, 64, 64, 64] = given()
modality cot: tensor[64] = given()

model m(x) {
  let e = x |> Dcgan(latent: 64, width: 32)
  output layer = e.layer
  output z = e.latent
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.z * cot))
}
