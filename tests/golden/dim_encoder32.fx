// The encoder of Fedorov et al. for cubes of 32 voxels.
//
// golden: dim_infonce/dcgan_encoder32
// input: x = x
// input: cot = cot
// output: m.z = z
// output: m.layer = latent_8_1
// skip: *.latent_1_3: it is z
// skip: *.latent_4_2: the encoder hands out one map, that of extent 8
//
//| [names]
//| "_layers.0._layer.0" = "m.Dcgan.Conv3d"
//| "_layers.1._layer.0" = "m.Dcgan.Conv3d_2"
//| "_layers.1._layer.1" = "m.Dcgan.DcganDown.BatchNorm"
//| "_layers.2._layer.0" = "m.Dcgan.DcganDown.Conv3d"
//| "_layers.2._layer.1" = "m.Dcgan.BatchNorm"
//| "_layers.3._layer.0" = "m.Dcgan.Conv3d_3"

use std.encoders.Dcgan

modality x: tensor[2, 32, 32, 32] = given()
modality cot: tensor[8] = given()

model m(x) {
  let e = x |> Dcgan(latent: 8, width: 3)
  output layer = e.layer
  output z = e.latent
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.z * cot))
}
