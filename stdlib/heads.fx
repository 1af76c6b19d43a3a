/// Projection heads: what stands between an encoder and a loss that compares views.

// Weights start as in the code of Fedorov et al. (`init_weights` of `ConvHead` and `LatentHead`; github.com/Entodi/fusion at commit
// a88e0b8): uniform with a standard deviation of √2 √(2 / (channels of both sides)), Glorot and Bengio's with the gain of ReLU.

/// A head for maps: two 1x1x1 convolutions and a way around them, normalised (Bachman et al. 2019, AMDIM; Fedorov et al. 2023).
/// The way around starts as PyTorch's convolutions do: the authors start it near the identity where it narrows nothing, and
/// theirs narrows.
block ConvHead(features: int)(x: [c, d, h, w]) -> [features, d, h, w] {
  let path = x
    |> Conv3d(features, kernel: 1, bias: false, std: 2 / (c + features) ^ 0.5)
    |> BatchNorm()
    |> relu
    |> Conv3d(features, kernel: 1, bias: false, std: 2 / (2 * features) ^ 0.5)
  path + (x |> Conv3d(features, kernel: 1, bias: false)) |> BatchNorm()
}

/// A head for codes: two layers, normalised in between (Fedorov et al. 2023, the configurations of their code).
block LatentHead(features: int)(z: [n]) -> [features] {
  z
    |> Linear(features, bias: false, std: 2 / (n + features) ^ 0.5)
    |> BatchNorm()
    |> relu
    |> Linear(features, bias: false, std: 2 / (2 * features) ^ 0.5)
}

/// No head: the code itself is compared (Fedorov et al. 2023, the identity head).
block IdentityHead(features: int)(z: [features]) -> [features] { z }
