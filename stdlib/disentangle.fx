/// Anatomy and appearance of a slice (Ouyang et al. 2021, Representation disentanglement for multi-modal brain MRI
/// analysis), after the authors' code.
///
/// `about` says which contrast an image is: what conditional convolutions are conditioned on.

/// A convolution that is a mixture of experts (Yang et al. 2019): the kernel is the sum of all experts' kernels, each
/// weighed by a sigmoid of `about`; one bias for all.
block CondConv(filters: int, kernel: int = 3, stride: int = 1, padding: int = 1, experts: int = 3)(
  x: [c, h, w],
  about: [k],
) -> [filters, _, _] {
  let share = about |> Linear(experts) |> sigmoid |> reshape(1, experts)
  // Each expert starts as a convolution of its own would (Glorot and Bengio 2010).
  let spread = (2 / ((c + filters) * kernel ^ 2)) ^ 0.5
  let kernels = Parameter(experts, filters, c, kernel, kernel, sd: spread)()
  let mixed = matmul(share, kernels |> reshape(experts, -1)) |> reshape(filters, c, kernel, kernel)
  conv2d(x, mixed, Parameter(filters)(), stride: stride, padding: padding)
}

/// A convolution, conditional or not.
block ConvAbout(filters: int, kernel: int = 3, stride: int = 1, padding: int = 1, conditional: bool = true)(
  x: [c, h, w],
  about: [k],
) -> [filters, _, _] {
  if conditional {
    CondConv(filters, kernel: kernel, stride: stride, padding: padding)(x, about)
  } else {
    x |> Conv2d(filters, kernel: kernel, stride: stride, padding: padding)
  }
}

/// One level down: half the extent, batch normalisation.
block AnatomyDown(filters: int, conditional: bool = true)(x: [c, h, w], about: [k]) -> [filters, h/2, w/2] {
  ConvAbout(filters, kernel: 4, stride: 2, conditional: conditional)(x, about) |> BatchNorm()
}

/// One level up, joined by its skip. `slope` is what is left of negative numbers: 0 is ReLU.
block AnatomyJoin(conditional: bool = true, slope: real = 0)(
  x: [c, h, w],
  skip: [s, 2*h, 2*w],
  about: [k],
) -> [2*s, 2*h, 2*w] {
  let wide = x |> leaky_relu(slope) |> upsample(2, mode: linear, align_corners: true)
  concat(skip, ConvAbout(s, conditional: conditional)(wide, about) |> BatchNorm())
}

/// The anatomy U-Net: C32-64-128-256-256, CD256-128-64-32; logits of `channels` maps.
///
/// In the authors' code the branch for ELU undoes the activations of all levels but the first, which `activated: false`
/// reproduces.
block AnatomyUnet(channels: int = 4, width: int = 32, conditional: bool = true, activated: bool = true)(
  x: [c, h, w],
  about: [k],
) -> [channels, h, w] {
  let down_slope = if activated { 0.2 } else { 1 }
  let up_slope = if activated { 0 } else { 1 }
  let first = ConvAbout(width, kernel: 4, stride: 2, conditional: conditional)(x, about) |> leaky_relu(0.2)
  let levels = scan filters in [2 * width, 4 * width, 8 * width] from first { y =>
    AnatomyDown(filters, conditional: conditional)(y, about) |> leaky_relu(down_slope)
  }
  let bottom = AnatomyDown(8 * width, conditional: conditional)(levels.last, about)
  let coarse = fold skip in reverse(levels) from bottom { y =>
    AnatomyJoin(conditional: conditional, slope: up_slope)(y, skip, about)
  }
  let fine = AnatomyJoin(conditional: conditional, slope: up_slope)(coarse, first, about)
  let wide = fine |> leaky_relu(up_slope) |> upsample(2, mode: linear, align_corners: true)
  ConvAbout(channels, conditional: conditional)(wide, about)
}

/// Maps that sum to at most 1, and to 0 outside the head, where `outside` is 1: a softmax with one class more, whose
/// logit is 0 inside and 100 outside, and which is dropped.
block Foreground()(logits: [c, h, w], outside: [1, h, w]) -> [c, h, w] {
  concat(100 * outside, logits) |> softmax |> slice(from: 1, to: c + 1)
}

/// The anatomy of a slice, maps that leave the background out: where its first channel is exactly 0.
block Anatomy(channels: int = 4, width: int = 32, conditional: bool = true)(x: [c, h, w], about: [k]) -> [
  channels,
  h,
  w,
] {
  Foreground()(
    AnatomyUnet(channels, width: width, conditional: conditional)(x, about),
    x |> slice(from: 0, to: 1) |> is_zero,
  )
}

/// The appearance of a slice, a Gaussian over `latent` numbers: five convolutions, each halving the extent.
block Appearance(latent: int = 16, width: int = 16, conditional: bool = true)(
  x: [c, h, w],
  about: [k],
) -> normal[latent] {
  let top = fold filters in [width, 2 * width, 4 * width, 8 * width, 8 * width] from x { y =>
    ConvAbout(filters, stride: 2, conditional: conditional)(y, about) |> leaky_relu(0.2)
  }
  let code = top |> flatten |> Linear(2 * latent) |> leaky_relu(0.2)
  normal(mean: code |> Linear(latent), log_var: code |> Linear(latent))
}

/// Spatially adaptive normalisation (Park et al. 2019): `z`, normalised, is scaled and shifted place by place as the
/// anatomy `s`, brought to its extent, says; then one convolution. There is no activation.
block Spade(filters: int, conditional: bool = true)(s: [m, sh, sw], z: [c, h, w], about: [k]) -> [
  filters,
  h,
  w,
] {
  let map = ConvAbout(c, conditional: conditional)(s |> interpolate([h, w]), about)
  let scale = ConvAbout(c, conditional: conditional)(map, about)
  let shift = ConvAbout(c, conditional: conditional)(map, about)
  ConvAbout(filters, conditional: conditional)((z |> InstanceNorm()) * (1 + scale) + shift, about)
}

/// The first half of the decoder: from an appearance to an eighth of the extent, upsampled to a quarter.
block PainterTrunk(width: int = 128, conditional: bool = true)(s: [m, h, w], z: [n], about: [k]) -> [
  width,
  h/4,
  w/4,
] {
  let seed = z |> Linear(width * (h / 32) * (w / 32)) |> reshape(width, h / 32, w / 32)
  fold i in 0..3 from seed { y =>
    Spade(width, conditional: conditional)(s, y, about) |> upsample(2, mode: linear)
  }
}

/// The second half: to the full extent and the image.
block PainterHead(channels: int, conditional: bool = true)(s: [m, h, w], y: [c, qh, qw], about: [k]) -> [
  channels,
  h,
  w,
] {
  let half = Spade(c / 2, conditional: conditional)(s, y, about) |> upsample(2, mode: linear)
  let full = Spade(c / 4, conditional: conditional)(s, half, about) |> upsample(2, mode: linear)
  let last = Spade(c / 8, conditional: conditional)(s, full, about)
  ConvAbout(channels, kernel: 1, padding: 0, conditional: conditional)(last, about)
}

/// An image painted with the shapes of one and the appearance of another.
block Painter(channels: int, width: int = 128, conditional: bool = true)(
  s: [m, h, w],
  z: [n],
  about: [k],
) -> [channels, h, w] {
  let trunk = PainterTrunk(width, conditional: conditional)(s, z, about)
  PainterHead(channels, conditional: conditional)(s, trunk, about)
}

/// Attention to places of a skip (Oktay et al. 2018): how much of each place passes is read from it and from the level
/// below.
block AttentionGate()(x: [c, h, w], below: [g, bh, bw]) -> [c, h, w] {
  let own = x |> Conv2d(c, kernel: 2, stride: 2, padding: 0, bias: false)
  let asked = below |> Conv2d(c, kernel: 1) |> interpolate([h / 2, w / 2])
  let share = (own + asked) |> relu |> Conv2d(1, kernel: 1) |> sigmoid |> interpolate([h, w])
  x * share |> Conv2d(c, kernel: 1) |> BatchNorm()
}

/// One level up, joined by its skip through a gate.
block AttentionJoin()(x: [c, h, w], skip: [s, 2*h, 2*w]) -> [2*s, 2*h, 2*w] {
  let up = x |> relu |> upsample(2, mode: linear, align_corners: true) |> Conv2d(s) |> BatchNorm()
  concat(AttentionGate()(skip, x), up)
}

/// The downstream network: a U-Net whose skips pass attention gates, C64-128-256-512-512.
block AttentionUnet(channels: int, width: int = 64)(x: [c, h, w]) -> [channels, h, w] {
  let first = x |> Conv2d(width, kernel: 4, stride: 2, padding: 1) |> leaky_relu(0.2)
  let levels = scan filters in [2 * width, 4 * width, 8 * width] from first { y =>
    y |> Conv2d(filters, kernel: 4, stride: 2, padding: 1) |> BatchNorm() |> leaky_relu(0.2)
  }
  let bottom = levels.last |> Conv2d(8 * width, kernel: 4, stride: 2, padding: 1) |> BatchNorm()
  let coarse = fold skip in reverse(levels) from bottom { y => AttentionJoin()(y, skip) }
  let fine = AttentionJoin()(coarse, first)
  fine |> relu |> upsample(2, mode: linear, align_corners: true) |> Conv2d(channels)
}

/// Which of several contrasts an anatomy is of: the rival of the adversarial regulariser (one logit a contrast).
block AnatomyCritic(contrasts: int, width: int = 16)(s: [m, h, w]) -> [contrasts] {
  let first = s |> Conv2d(width, kernel: 4, stride: 2, padding: 1) |> leaky_relu(0.2)
  let top = fold filters in [2 * width, 4 * width, 8 * width, 4 * width] from first { y =>
    y |> Conv2d(filters, kernel: 4, stride: 2, padding: 1) |> BatchNorm() |> leaky_relu(0.2)
  }
  top |> flatten |> Linear(16 * width) |> leaky_relu(0.2) |> Linear(contrasts)
}

/// Cross entropy with lesions counting five times, and Dice with squares over the whole batch.
loss lesion_loss(logits, truth) = cross_entropy(logits, truth, weight: [1, 5, 5, 5])
  + dice_loss(logits |> softmax, truth, smooth: 1e-6, squared: true, over: batch)
