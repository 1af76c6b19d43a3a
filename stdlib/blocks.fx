/// Building blocks of image networks.

/// Convolution, batch normalisation, ReLU: the unit most networks repeat.
block ConvBnRelu(filters: int, stride: int = 1)(x: [c, d, h, w]) -> [filters, _, _, _] {
  x |> Conv3d(filters, kernel: 3, stride: stride, bias: false) |> BatchNorm() |> relu
}

/// Convolution, batch normalisation, ELU (Dimitri et al.).
block ConvBlock(filters: int, kernel: int = 3)(x: [c, d, h, w]) -> [filters, d, h, w] {
  x |> Conv3d(filters, kernel: kernel, bias: false) |> BatchNorm() |> elu
}

/// Depthwise 5x6x5 and pointwise convolution, batch normalisation, ELU (Dimitri et al.): 150c + cf + 3f parameters.
block SepConv(filters: int)(x: [c, d, h, w]) -> [filters, d, h, w] {
  x |> DepthwiseConv3d([5, 6, 5], bias: false) |> Conv3d(filters, kernel: 1) |> BatchNorm() |> elu
}

/// Three separable convolutions and a way around them (Dimitri et al., after Xception's middle flow).
block MidFlow()(x: [c, d, h, w]) -> [c, d, h, w] {
  x + (x |> SepConv(c) |> SepConv(c) |> SepConv(c))
}

/// Linear, batch normalisation, ReLU.
block LinearBnRelu(features: int)(x: [n]) -> [features] {
  x |> Linear(features, bias: false) |> BatchNorm() |> relu
}
