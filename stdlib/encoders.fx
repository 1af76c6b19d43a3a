/// Encoders: an image or a table in, a vector out.

use std.blocks.{ConvBnRelu, LinearBnRelu, Res}

/// `steps` times convolve and halve, doubling the filters; then the mean over space: [width * 2^(steps-1)].
block Cnn3d(width: int = 8, steps: int = 3)(x: [c, d, h, w]) -> [width * 2 ^ (steps - 1)] {
  let top = fold i in 0..steps from x { y => y |> ConvBnRelu(width * 2 ^ i) |> max_pool3d(2) }
  top |> global_avg_pool
}

/// Two layers on a table.
block Mlp(hidden: int = 16, features: int = 8)(x: [n]) -> [features] {
  x |> LinearBnRelu(hidden) |> Linear(features) |> relu
}

/// The mean and log-variance of a code, from a vector and what it is conditioned on (Kumar et al.).
block GaussianEncoder(latent: int, wide: int = 64, narrow: int = 32)(x: [n], c: [k]) -> normal[latent] {
  let h = concat(x, c) |> Linear(wide) |> relu |> Linear(narrow) |> relu
  normal(mean: h |> Linear(latent), log_var: h |> Linear(latent))
}

/// Back from a code and what it is conditioned on (Kumar et al.).
block Decoder(features: int, narrow: int = 32, wide: int = 64)(z: [latent], c: [k]) -> [features] {
  concat(z, c) |> Linear(narrow) |> relu |> Linear(wide) |> relu |> Linear(features)
}

// The weights of DCGAN start as in the code of Fedorov et al. (`init_weights`; github.com/Entodi/fusion at commit a88e0b8): uniform
// with a standard deviation of gain √(2 / (fan in + fan out)) (Glorot and Bengio 2010; PyTorch's `xavier_uniform_`, which counts
// the channels of both sides, each with 4³ places). The gain is that of what follows (PyTorch's `calculate_gain`):
// √(2 / (1 + 0.2²)) in the encoder, √2 in the decoder and 1 before its sigmoid.

/// The halving unit of DCGAN: normalise what is there, let it through, convolve with kernel 4 and stride 2.
block DcganDown(filters: int)(x: [c, d, d, d]) -> [filters, d/2, d/2, d/2] {
  let gain = (2 / (1 + 0.2 ^ 2)) ^ 0.5
  let start = gain * (2 / 4 ^ 3 / (c + filters)) ^ 0.5
  x
    |> BatchNorm()
    |> leaky_relu(0.2)
    |> Conv3d(filters, kernel: 4, stride: 2, padding: 1, bias: false, std: start)
}

/// DCGAN's discriminator as an encoder of cubes of 64 or 32 voxels (Radford et al. 2016; Fedorov et al. 2023): the code,
/// `latent`, and the map of extent 8 on the way to it, `layer`, as its convolution gives it: [4 * width, 8, 8, 8] of 64 voxels
/// and [2 * width, 8, 8, 8] of 32. With one channel, width 32 and 64 voxels it has 3,804,032 parameters.
block Dcgan(latent: int = 64, width: int = 32)(x: [c, 32*s, 32*s, 32*s]) {
  let deep = s > 1
  let widest = if deep { 8 * width } else { 4 * width }
  let gain = (2 / (1 + 0.2 ^ 2)) ^ 0.5
  // Over the root of the channels of both sides.
  let start = gain * (2 / 4 ^ 3) ^ 0.5
  let first = x
    |> Conv3d(width, kernel: 4, stride: 2, padding: 1, bias: false, std: start / (c + width) ^ 0.5)
    |> leaky_relu(0.2)
  let second = first
    |> Conv3d(2 * width, kernel: 4, stride: 2, padding: 1, bias: false, std: start / (3 * width) ^ 0.5)
  let third = second |> DcganDown(4 * width)
  let top = if deep { third |> DcganDown(8 * width) } else { third }
  let code = top
    |> BatchNorm()
    |> leaky_relu(0.2)
    |> Conv3d(latent, kernel: 4, padding: 0, bias: false, std: start / (widest + latent) ^ 0.5)
  { layer: if deep { third } else { second }, latent: code |> reshape(latent) }
}

/// The doubling unit of DCGAN: transposed convolution with kernel 4 and stride 2, normalise, let through what is positive and
/// `slope` of what is negative.
block DcganUp(filters: int, slope: real = 0.01)(x: [c, d, d, d]) -> [filters, 2*d, 2*d, 2*d] {
  let start = 2 ^ 0.5 * (2 / 4 ^ 3 / (c + filters)) ^ 0.5
  x
    |> ConvTranspose3d(filters, kernel: 4, stride: 2, padding: 1, bias: false, std: start)
    |> BatchNorm()
    |> leaky_relu(slope)
}

/// DCGAN's generator as a decoder of a code to a cube of 64 or 32 voxels, each between 0 and 1 (Radford et al. 2016; Fedorov et
/// al. 2023). With `slope: 0` the units are ReLUs, as where the decoder stands alone in the authors' code.
block DcganDecoder(size: int = 64, width: int = 32, channels: int = 1, slope: real = 0.01)(z: [n]) -> [
  channels,
  size,
  size,
  size,
] {
  let seed = z |> reshape(n, 1, 1, 1)
  let widest = if size > 32 { 8 * width } else { 4 * width }
  let start = 2 ^ 0.5 * (2 / 4 ^ 3 / (n + widest)) ^ 0.5
  let end = (2 / 4 ^ 3 / (width + channels)) ^ 0.5
  let small = seed
    |> ConvTranspose3d(widest, kernel: 4, stride: 1, padding: 0, bias: false, std: start)
    |> BatchNorm()
    |> leaky_relu(slope)
  let deep = if size > 32 { small |> DcganUp(4 * width, slope: slope) } else { small }
  deep
    |> DcganUp(2 * width, slope: slope)
    |> DcganUp(width, slope: slope)
    |> ConvTranspose3d(channels, kernel: 4, stride: 2, padding: 1, bias: false, std: end)
    |> sigmoid
}

/// `steps` times two convolutions without padding, each with ReLU, pooling and batch normalisation, doubling the filters
/// (after Simonyan and Zisserman 2015; the brain age network of HyperFusion, from Levakov et al. 2020).
block Vgg3d(width: int = 16, steps: int = 3)(x: [c, d, h, w]) -> [width * 2 ^ (steps - 1), _, _, _] {
  fold i in 0..steps from x { y =>
    y
      |> Conv3d(width * 2 ^ i, padding: 0)
      |> relu
      |> Conv3d(width * 2 ^ i, padding: 0)
      |> relu
      |> max_pool3d(2)
      |> BatchNorm()
  }
}

/// ResNet's basic blocks behind a convolution of 7 and pooling (He et al. 2016; over three axes as MONAI's `resnet10`, `resnet18` and
/// `resnet34` with `bias_downsample=False`, whose first stride is 1, and as MedicalNet, whose it is 2): 14.4, 33.2 or 63.5 million
/// parameters with one channel.
block ResNet(kind: one_of(resnet10, resnet18, resnet34) = resnet18, width: int = 64, stride: int = 2)(
  x: [c, d, h, w],
) -> [8*width] {
  let blocks = match kind { resnet10 => [1, 1, 1, 1], resnet18 => [2, 2, 2, 2], resnet34 => [3, 4, 6, 3] }
  let first = x
    |> Conv3d(width, kernel: 7, stride: stride, padding: 3, bias: false)
    |> BatchNorm()
    |> relu
    |> max_pool3d(3, stride: 2, padding: 1)
  let top = fold i in 0..4 from first { y =>
    fold j in 0..blocks[i] from y { z =>
      z |> Res(width * 2 ^ i, stride: if i > 0 and j == 0 { 2 } else { 1 })
    }
  }
  top |> global_avg_pool
}

/// What a layer of a DenseNet adds beside what it was given: normalise, let through, convolve by 1 and by 3 (Huang et al. 2017).
block DenseLayer(growth: int = 32, bottleneck: int = 4)(x: [c, d, h, w]) -> [c+growth, d, h, w] {
  let new = x
    |> BatchNorm()
    |> relu
    |> Conv3d(bottleneck * growth, kernel: 1, bias: false)
    |> BatchNorm()
    |> relu
    |> Conv3d(growth, padding: 1, bias: false)
  concat(x, new)
}

/// Half the channels and half the extent, between two dense blocks.
block DenseTransition(x: [c, d, h, w]) -> [c/2, _, _, _] {
  x |> BatchNorm() |> relu |> Conv3d(c / 2, kernel: 1, bias: false) |> avg_pool3d(2)
}

/// DenseNet (Huang et al. 2017; over three axes as MONAI's `DenseNet121`, `169` and `201`, without their linear layer).
block DenseNet(
  kind: one_of(densenet121, densenet169, densenet201) = densenet121,
  width: int = 64,
  growth: int = 32,
)(x: [c, d, h, w]) -> [_] {
  let layers = match kind {
    densenet121 => [6, 12, 24, 16]
    densenet169 => [6, 12, 32, 32]
    densenet201 => [6, 12, 48, 32]
  }
  let first = x
    |> Conv3d(width, kernel: 7, stride: 2, padding: 3, bias: false)
    |> BatchNorm()
    |> relu
    |> max_pool3d(3, stride: 2, padding: 1)
  let top = fold i in 0..4 from first { y =>
    let dense = fold j in 0..layers[i] from y { z => z |> DenseLayer(growth) }
    if i < 3 { dense |> DenseTransition() } else { dense }
  }
  top |> BatchNorm() |> relu |> global_avg_pool
}

/// The simple fully convolutional network for the age of a brain (Peng et al. 2021, SFCN): five times convolve, normalise, halve and let
/// through, and a convolution by 1; the authors' classifier is `|> Dropout(0.5) |> Linear(40)` behind it. Of a brain of 160 x 192 x 160
/// voxels their average pool covers all of what is left.
block Sfcn(width: int = 32)(x: [c, d, h, w]) -> [2*width] {
  let top = fold i in 0..5 from x { y =>
    y |> Conv3d(width * 2 ^ (if i < 3 { i } else { 3 }), padding: 1) |> BatchNorm() |> max_pool3d(2) |> relu
  }
  top |> Conv3d(2 * width, kernel: 1, padding: 0) |> BatchNorm() |> relu |> global_avg_pool
}
