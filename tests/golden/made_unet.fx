// nnU-Net's network as MONAI's `DynUNet` has it.
//
// golden: dynunet
// input: x = x
// input: cot = cot
// run: eval
// output: m.out = out
//
//| [names]
//| "input_block" = "m.Unet.UnetFeatures.UnetUnit[1]"
//| "downsamples.0" = "m.Unet.UnetFeatures.UnetUnit[2]"
//| "bottleneck" = "m.Unet.UnetFeatures.UnetUnit[3]"
//| "upsamples.0.transp_conv.conv" = "m.Unet.UnetFeatures.UnetUp[1].ConvTranspose3d"
//| "upsamples.0.conv_block" = "m.Unet.UnetFeatures.UnetUp[1].UnetUnit"
//| "upsamples.1.transp_conv.conv" = "m.Unet.UnetFeatures.UnetUp[2].ConvTranspose3d"
//| "upsamples.1.conv_block" = "m.Unet.UnetFeatures.UnetUp[2].UnetUnit"
//| "output_block.conv.conv" = "m.Unet.Conv3d"
//| [inside]
//| "conv1.conv" = "Conv3d"
//| "norm1" = "InstanceNorm"
//| "conv2.conv" = "Conv3d_2"
//| "norm2" = "InstanceNorm_2"

use std.unet.Unet

modality x: tensor[1, 8, 12, 8] = given()
modality cot: tensor[3, 8, 12, 8] = given()

model m(x) { output out = x |> Unet(levels: 3, width: 2, classes: 3) }
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
