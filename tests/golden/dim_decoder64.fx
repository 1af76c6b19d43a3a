// The decoder of Fedorov et al. for cubes of 64 voxels, standing alone: ReLUs inside, a sigmoid at the end.
//
// golden: dim_infonce/dcgan_decoder64
// input: z = z
// input: cot = cot
// output: m.back at [:, :, ::8, ::8, ::8] = x_hat_stride8
//
//| [names]
//| "_layers.0._layer.0" = "m.DcganDecoder.ConvTranspose3d"
//| "_layers.0._layer.1" = "m.DcganDecoder.BatchNorm"
//| "_layers.1._layer.0" = "m.DcganDecoder.DcganUp.ConvTranspose3d"
//| "_layers.1._layer.1" = "m.DcganDecoder.DcganUp.BatchNorm"
//| "_layers.2._layer.0" = "m.DcganDecoder.DcganUp_2.ConvTranspose3d"
//| "_layers.2._layer.1" = "m.DcganDecoder.DcganUp_2.BatchNorm"
//| "_layers.3._layer.0" = "m.DcganDecoder.DcganUp_3.ConvTranspose3d"
//| "_layers.3._layer.1" = "m.DcganDecoder.DcganUp_3.BatchNorm"
//| "_layers.4._layer.0" = "m.DcganDecoder.ConvTranspose3d_2"

use std.encoders.DcganDecoder

modality z: tensor[8] = given()
modality cot: tensor[1, 64, 64, 64] = given()

model m(z) {
  output back = z |> DcganDecoder(size: 64, width: 2, slope: 0)
}
train m {
  minimize 2 * batch_mean(reduce_sum(m.back * cot))
}
