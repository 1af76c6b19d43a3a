/// Building blocks of image networks.

/// Convolution, batch normalisation, ReLU: the unit most networks repeat.
block ConvBnRelu(filters: int, stride: int = 1)(x: [c, d, h, w]) -> [filters, _, _, _] {
  x |> Conv3d(filters, kernel: 3, stride: stride, bias: false) |> BatchNorm() |> relu
}

/// Convolution 5x6x5, batch normalisation, ELU (Dimitri et al.): 150cf + 3f parameters.
block ConvBlock(filters: int)(x: [c, d, h, w]) -> [filters, d, h, w] {
  x |> Conv3d(filters, kernel: [5, 6, 5]) |> BatchNorm() |> elu
}

/// Depthwise 5x6x5 and pointwise convolution, batch normalisation, ELU (Dimitri et al.): 150c + cf + 3f parameters.
block SepConv(filters: int)(x: [c, d, h, w]) -> [filters, d, h, w] {
  x |> DepthwiseConv3d([5, 6, 5], bias: false) |> Conv3d(filters, kernel: 1) |> BatchNorm() |> elu
}

/// Three convolutions and a way around them (Dimitri et al., after Xception's middle flow): separable ones, or
/// `MidFlow(unit: ConvBlock)`, the dense twin.
block MidFlow(unit: block = SepConv)(x: [c, d, h, w]) -> [c, d, h, w] {
  x + (x |> unit(c) |> unit(c) |> unit(c))
}

/// Half the extent: convolution, mid-flow, convolution, and the largest of three voxels along each axis (Dimitri et al.).
block FuseDown(filters: int, unit: block = SepConv)(x: [c, d, h, w]) -> [filters, d/2, h/2, w/2] {
  x |> ConvBlock(filters) |> MidFlow(unit) |> ConvBlock(filters) |> max_pool3d(3, stride: 2, padding: same)
}

/// Twice the extent, together with what its mirror saw on the way down (Dimitri et al., after Ronneberger et al.'s U-Net).
block FuseUp(unit: block = SepConv)(x: [c, d, h, w], skip: [s, 2*d, 2*h, 2*w]) -> [s, 2*d, 2*h, 2*w] {
  concat(x |> upsample(2) |> ConvBlock(s), skip) |> MidFlow(unit) |> ConvBlock(s)
}

/// Linear, batch normalisation, ReLU.
block LinearBnRelu(features: int)(x: [n]) -> [features] {
  x |> Linear(features, bias: false) |> BatchNorm() |> relu
}

/// What a pre-activation block adds: normalise, ReLU, drop channels, convolve; twice (He et al. 2016).
block PreactBranch(filters: int, stride: int = 1, dropout: real = 0.0, momentum: real = 0.1)(
  x: [c, d, h, w],
) -> [filters, _, _, _] {
  x
    |> BatchNorm(momentum: momentum)
    |> relu
    |> ChannelDropout(dropout)
    |> Conv3d(filters, stride: stride, padding: 1)
    |> BatchNorm(momentum: momentum)
    |> relu
    |> ChannelDropout(dropout)
    |> Conv3d(filters, padding: 1)
}

/// What it adds it to: the image itself, or, where channels or extent change, normalised and convolved by 1x1x1.
block PreactShortcut(filters: int, stride: int = 1, momentum: real = 0.1)(x: [c, d, h, w]) -> [
  filters,
  _,
  _,
  _,
] {
  if stride == 1 and filters == c {
    x
  } else {
    x |> BatchNorm(momentum: momentum) |> Conv3d(filters, kernel: 1, stride: stride, padding: 0)
  }
}

/// Pre-activation residual block (He et al. 2016; PreactivResBlock_bn of HyperFusion).
block PreactRes(filters: int, stride: int = 1, dropout: real = 0.0, momentum: real = 0.1)(
  x: [c, d, h, w],
) -> [filters, _, _, _] {
  (x |> PreactBranch(filters, stride: stride, dropout: dropout, momentum: momentum))
    + (x |> PreactShortcut(filters, stride: stride, momentum: momentum))
}

/// Residual block with the activation behind the sum and convolutions without bias (He et al. 2015; ResBlock of DAFT).
block Res(filters: int, stride: int = 1, momentum: real = 0.1)(x: [c, d, h, w]) -> [filters, _, _, _] {
  let branch = x
    |> Conv3d(filters, stride: stride, padding: 1, bias: false)
    |> BatchNorm(momentum: momentum)
    |> relu
    |> Conv3d(filters, padding: 1, bias: false)
    |> BatchNorm(momentum: momentum)
  (branch + (x |> ResShortcut(filters, stride: stride, momentum: momentum))) |> relu
}

/// The way around it: the image itself, or, where channels or extent change, convolved by 1x1x1 and normalised.
block ResShortcut(filters: int, stride: int = 1, momentum: real = 0.1)(x: [c, d, h, w]) -> [
  filters,
  _,
  _,
  _,
] {
  if stride == 1 and filters == c {
    x
  } else {
    x |> Conv3d(filters, kernel: 1, stride: stride, padding: 0, bias: false) |> BatchNorm(momentum: momentum)
  }
}

/// Squeeze and excitation: each channel times how much it matters, as two layers judge by the means of all (Hu et al. 2018;
/// MONAI's `ChannelSELayer(r=ratio)`).
block SqueezeExcite(ratio: int = 2)(x: [c, d, h, w]) -> [c, d, h, w] {
  x * (x |> global_avg_pool |> Linear(c / ratio) |> relu |> Linear(c) |> sigmoid)
}
