/// MONAI's `resnet10`, `resnet18` (`feed_forward=False, bias_downsample=False`) and `DenseNet121` without its linear layer; the layers of SFCN's
/// code in front of its classifier.
use std.attention.{LearnedPositions, Transformer}
use std.encoders.{DenseNet, ResNet, Sfcn}
use std.fusion.{GatedUnit, LowRankFusion, TensorFusion}
cohort c = bids("data")
modality t1: volume[1, 32, 64, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model ten(t1) { t1 |> ResNet(resnet10) }
model eighteen(t1) { t1 |> ResNet(resnet18) }
model dense(t1) { t1 |> DenseNet(densenet121) }
model peng(t1) { t1 |> Sfcn() }
model tokens(t1) {
  let seen = t1 |> Conv3d(16, kernel: 8, stride: 8, padding: 0)
  seen
    |> reshape(16, -1)
    |> permute(1, 0)
    |> LearnedPositions()
    |> Transformer(layers: 2, heads: 2, hidden: 32)
    |> reduce_mean(0)
}
model fused(ten, eighteen) {
  concat(
    GatedUnit(8)(ten, eighteen),
    LowRankFusion(8)(ten, eighteen),
    TensorFusion()(ten |> slice(0, 4), eighteen |> slice(0, 3)),
  )
}

// shape: ten = [512]
// shape: dense = [1024]
// shape: peng = [64]
// shape: tokens = [16]
// shape: fused = [36]
// parameters: ten = 14355520
// parameters: eighteen = 33160000
// parameters: dense = 11242624
// parameters: peng = 2950336
