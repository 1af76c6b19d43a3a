/// U-Nets: networks that draw, on the grid of what they see.

/// Two convolutions, each normalised within its subject and let through where positive: the unit of nnU-Net (Isensee et al. 2021;
/// MONAI's `UnetBasicBlock`).
block UnetUnit(filters: int, stride: int = 1)(x: [c, d, h, w]) -> [
  filters,
  d/stride,
  h/stride,
  w/stride,
] {
  x
    |> Conv3d(filters, stride: stride, padding: 1, bias: false)
    |> InstanceNorm(affine: true)
    |> leaky_relu(0.01)
    |> Conv3d(filters, padding: 1, bias: false)
    |> InstanceNorm(affine: true)
    |> leaky_relu(0.01)
}

/// Twice the extent, beside what was seen on the way down (MONAI's `UnetUpBlock`).
block UnetUp(x: [c, d, h, w], skip: [s, 2*d, 2*h, 2*w]) -> [s, 2*d, 2*h, 2*w] {
  concat(x |> ConvTranspose3d(s, kernel: 2, stride: 2, bias: false), skip) |> UnetUnit(s)
}

/// Features of all levels on the way up, coarsest first, and the finest of them on the grid of the image.
block UnetFeatures(levels: int = 4, width: int = 16)(x: [c, d, h, w]) {
  let down = scan i in 0..levels from x { y =>
    y |> UnetUnit(width * 2 ^ i, stride: if i == 0 { 1 } else { 2 })
  }
  scan skip in reverse(down.init) from down.last { y => UnetUp()(y, skip) }
}

/// The network of nnU-Net without deep supervision (Ronneberger et al. 2015; Çiçek et al. 2016; Isensee et al. 2021; MONAI's `DynUNet`
/// with kernels of 3 and strides of 2): logits of every class at every voxel. Every extent is a multiple of 2^(levels - 1).
block Unet(levels: int = 4, width: int = 16, classes: int = 2)(x: [c, d, h, w]) -> [classes, d, h, w] {
  let up = x |> UnetFeatures(levels, width)
  up.last |> Conv3d(classes, kernel: 1)
}

/// The same with deep supervision (Lee et al. 2015; MONAI's `DynUNet(deep_supervision=True)`): a family of `levels - 1` logits, one for each level
/// on the way up, finest first, all brought to the grid of the image. The member [1] is the prediction; a loss of all of them weighs each
/// half as much as the one before it: `deep_supervision`.
block UnetDeep(levels: int = 4, width: int = 16, classes: int = 2)(x: [c, d, h, w]) {
  let up = x |> UnetFeatures(levels, width)
  for y in reverse(up) { y |> Conv3d(classes, kernel: 1) |> upsample(size: [d, h, w]) }
}

/// The numbers of a loss for each member of such a family, one weighted mean: 1, 1/2, 1/4, .. over their sum, as nnU-Net does (Isensee et al. 2021;
/// MONAI's `DeepSupervisionLoss(weight_mode="exp")` is their sum without the division). `losses` is a family: `for y in heads { .. }`.
loss deep_supervision(losses) = sum(for i in 1..=length(losses) { losses[i] * 0.5 ^ (i - 1) })
  / (2 - 2 * 0.5 ^ length(losses))
