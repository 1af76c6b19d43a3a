/// Projection heads: what stands between an encoder and a loss that compares views.

/// A head for maps: two 1x1x1 convolutions and a way around them, normalised (Bachman et al. 2019, AMDIM; Fedorov et al. 2023).
block ConvHead(features: int)(x: [c, d, h, w]) -> [features, d, h, w] {
  let path = x
    |> Conv3d(features, kernel: 1, bias: false)
    |> BatchNorm()
    |> relu
    |> Conv3d(features, kernel: 1, bias: false)
  path + (x |> Conv3d(features, kernel: 1, bias: false)) |> BatchNorm()
}

/// A head for codes: two layers, normalised in between (Fedorov et al. 2023, the configurations of their code).
block LatentHead(features: int)(z: [n]) -> [features] {
  z |> Linear(features, bias: false) |> BatchNorm() |> relu |> Linear(features, bias: false)
}

/// No head: the code itself is compared (Fedorov et al. 2023, the identity head).
block IdentityHead(features: int)(z: [features]) -> [features] { z }
