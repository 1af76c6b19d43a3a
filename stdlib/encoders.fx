/// Encoders: an image or a table in, a vector out.

use std.blocks.{ConvBnRelu, LinearBnRelu}

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
