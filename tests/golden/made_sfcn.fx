// The network of Peng et al. in front of its classifier.
//
// golden: sfcn
// input: x = x
// input: cot = cot
// output: m.out = out
//
//| [names]
//| "features.conv_0.0" = "m.Sfcn.Conv3d[1]"
//| "features.conv_0.1" = "m.Sfcn.BatchNorm[1]"
//| "features.conv_1.0" = "m.Sfcn.Conv3d[2]"
//| "features.conv_1.1" = "m.Sfcn.BatchNorm[2]"
//| "features.conv_2.0" = "m.Sfcn.Conv3d[3]"
//| "features.conv_2.1" = "m.Sfcn.BatchNorm[3]"
//| "features.conv_3.0" = "m.Sfcn.Conv3d[4]"
//| "features.conv_3.1" = "m.Sfcn.BatchNorm[4]"
//| "features.conv_4.0" = "m.Sfcn.Conv3d[5]"
//| "features.conv_4.1" = "m.Sfcn.BatchNorm[5]"
//| "features.conv_5.0" = "m.Sfcn.Conv3d"
//| "features.conv_5.1" = "m.Sfcn.BatchNorm"

use std.encoders.Sfcn

modality x: tensor[1, 32, 64, 32] = given()
modality cot: tensor[4] = given()

model m(x) { output out = x |> Sfcn(width: 2) }
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
