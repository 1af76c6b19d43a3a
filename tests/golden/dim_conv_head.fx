// The head for maps of Fedorov et al.
//
// golden: dim_infonce/conv_head
// input: x = x
// input: cot = cot
// output: m.out = out
//
//| [names]
//| "_convolutional_path.0._layer.0" = "m.ConvHead.Conv3d"
//| "_convolutional_path.0._layer.1" = "m.ConvHead.BatchNorm"
//| "_convolutional_path.1._layer.0" = "m.ConvHead.Conv3d_2"
//| "_identity_shortcut._layer.0" = "m.ConvHead.Conv3d_3"
//| "_bn_embedding" = "m.ConvHead.BatchNorm_2"

use std.heads.ConvHead

modality x: tensor[6, 2, 3, 2] = given()
modality cot: tensor[8, 2, 3, 2] = given()

model m(x) {
  output out = x |> ConvHead(8)
}
train m {
  minimize 3 * batch_mean(reduce_sum(m.out * cot))
}
