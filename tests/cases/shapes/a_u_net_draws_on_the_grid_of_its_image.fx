/// nnU-Net's network (MONAI's `DynUNet` of filters 4, 8 and 16), with the losses of masks.
use std.segmentation.{focal_loss, focal_tversky_loss, generalized_dice_loss, tversky_loss}
use std.unet.{Unet, UnetDeep, deep_supervision}

cohort c = bids("data")
modality t1: volume[1, 16, 24, 8] = c.image("anat/*_T1w.nii.gz") |> zscore
target parts: mask[16, 24, 8]{rest, a, b} = c.image("anat/*_dseg.nii.gz")

model plain(t1) -> parts { t1 |> Unet(levels: 3, width: 4, classes: 3) }
model deep(t1) -> parts {
  let heads = t1 |> UnetDeep(levels: 3, width: 4, classes: 3)
  output heads = heads
  heads[1]
}
train plain {
  minimize focal_loss(plain, parts)
    + tversky_loss(plain |> softmax, parts)
    + generalized_dice_loss(plain |> softmax, parts)
}
train deep {
  minimize deep_supervision(
    for head in deep.heads { cross_entropy(head, parts) + dice_loss(head |> softmax, parts) },
  )
    + 0.1 * focal_tversky_loss(deep |> softmax, parts)
}

score plain, deep: dice, surface_distance, surface_dice(2mm), volume_similarity, lesion_f1

// shape: plain = [3, 16, 24, 8]
// shape: deep.heads[2] = [3, 16, 24, 8]
// parameters: plain = 21435
