/// Fusion operators: two kinds of data become one.

use std.blocks.{PreactBranch, PreactShortcut, ResShortcut}

/// Each channel scaled and shifted by what two linear maps make of `z`, through a bottleneck and without bias. The scale
/// is what is computed, not 1 plus it.
block Affine(
  bottleneck: int = 7,
  scale: bool = true,
  shift: bool = true,
  activation: one_of(linear, sigmoid, tanh) = linear,
)(x: [c, d, h, w], z: [k]) -> [c, d, h, w] {
  let r = z |> Linear(bottleneck, bias: false) |> relu
  let made = r |> Linear(if scale and shift { 2 * c } else { c }, bias: false)
  let factor = match activation {
    linear => made |> slice(0, c)
    sigmoid => made |> slice(0, c) |> sigmoid
    tanh => made |> slice(0, c) |> tanh
  }
  if scale and shift {
    x * factor + (made |> slice(c, 2 * c))
  } else {
    if scale { x * factor } else { x + made }
  }
}

/// Feature-wise linear modulation (Perez et al. 2018): each channel is scaled and shifted as a record says.
block Film(
  bottleneck: int = 7,
  scale: bool = true,
  shift: bool = true,
  activation: one_of(linear, sigmoid, tanh) = linear,
)(x: [c, d, h, w], record: [k]) -> [c, d, h, w] {
  Affine(bottleneck, scale: scale, shift: shift, activation: activation)(x, record)
}

/// Dynamic affine feature map transform (Pölsterl et al. 2021): as FiLM, but the record is read together with a summary
/// of the image.
block Daft(
  bottleneck: int = 7,
  scale: bool = true,
  shift: bool = true,
  activation: one_of(linear, sigmoid, tanh) = linear,
)(x: [c, d, h, w], record: [k]) -> [c, d, h, w] {
  Affine(bottleneck, scale: scale, shift: shift, activation: activation)(
    x,
    concat(x |> global_avg_pool, record),
  )
}

/// FiLM of a vector of features, with 1 plus what is computed as scale, so that a small record leaves it as it is.
block FilmVector(hidden: int = 8)(x: [n], record: [k]) -> [n] {
  let r = record |> Linear(hidden) |> relu
  x * (1 + (r |> Linear(n))) + (r |> Linear(n))
}

/// A pre-activation residual block whose branch, not its way around, sees the image as the record modulates it
/// (`modulate: Film` or `Daft`, as HyperFusion has them).
block ModulatedPreactRes(
  filters: int,
  stride: int = 1,
  dropout: real = 0.0,
  momentum: real = 0.1,
  modulate: block = Film,
)(x: [c, d, h, w], record: [k]) -> [filters, _, _, _] {
  (modulate()(x, record) |> PreactBranch(filters, stride: stride, dropout: dropout, momentum: momentum))
    + (x |> PreactShortcut(filters, stride: stride, momentum: momentum))
}

/// A residual block with the activation behind the sum, modulated at one place: 0 before everything, 1 the way around,
/// 2 the branch, 3 before its ReLU (the normalisation before it then needs no scale of its own), 4 behind it (DAFT's
/// FilmBlock and DAFTBlock).
block ModulatedRes(
  filters: int,
  stride: int = 2,
  location: int = 0,
  momentum: real = 0.1,
  modulate: block = Daft,
  scale: bool = true,
  shift: bool = true,
  activation: one_of(linear, sigmoid, tanh) = linear,
)(x: [c, d, h, w], record: [k]) -> [filters, _, _, _] {
  let change = modulate(scale: scale, shift: shift, activation: activation)
  let read = if location == 0 { change(x, record) } else { x }
  let around = if location == 1 { change(read, record) } else { read }
  let first = (if location == 2 { change(read, record) } else { read })
    |> Conv3d(filters, stride: stride, padding: 1, bias: false)
    |> BatchNorm(momentum: momentum, affine: location != 3)
  let active = (if location == 3 { change(first, record) } else { first }) |> relu
  let branch = (if location == 4 { change(active, record) } else { active })
    |> Conv3d(filters, padding: 1, bias: false)
    |> BatchNorm(momentum: momentum)
  (branch + (around |> ResShortcut(filters, stride: stride, momentum: momentum))) |> relu
}

/// A convolution whose kernel and bias are linear in an embedding `e`, for each subject its own (Duenias et al. 2025,
/// HyperConv3dLayer). It starts with the variances of their eq. 1-2, for an embedding of this variance, and without
/// constant part.
block HyperConv3d(filters: int, kernel: int = 3, stride: int = 1, variance: real = 1.0)(
  x: [c, d, h, w],
  e: [k],
) -> [filters, _, _, _] {
  let read = c * kernel ^ 3
  let made = e |> Linear(filters * read, std: (read * k * variance) ^ -0.5, bias_init: zeros)
  let bias = e |> Linear(filters, std: (k * variance) ^ -0.5, bias_init: zeros)
  conv3d(
    x,
    made |> reshape(filters, c, kernel, kernel, kernel),
    bias,
    stride: stride,
    padding: (kernel - 1) / 2,
  )
}

/// A pre-activation residual block of which any convolution may be made from an embedding (HyperPreactivResBlock). Its way
/// around convolves before it normalises, where `PreactRes` normalises first.
block HyperPreactRes(
  filters: int,
  stride: int = 1,
  dropout: real = 0.0,
  momentum: real = 0.1,
  variance: real = 1.0,
  first: bool = false,
  second: bool = false,
  shortcut: bool = true,
)(x: [c, d, h, w], e: [k]) -> [filters, _, _, _] {
  let h = x |> BatchNorm(momentum: momentum) |> relu |> ChannelDropout(dropout)
  let halfway = if first {
    HyperConv3d(filters, stride: stride, variance: variance)(h, e)
  } else {
    h |> Conv3d(filters, stride: stride, padding: 1)
  }
  let g = halfway |> BatchNorm(momentum: momentum) |> relu |> ChannelDropout(dropout)
  let branch = if second {
    HyperConv3d(filters, variance: variance)(g, e)
  } else {
    g |> Conv3d(filters, padding: 1)
  }
  branch + (if stride == 1 and filters == c {
    x
  } else {
    (if shortcut {
      HyperConv3d(filters, kernel: 1, stride: stride, variance: variance)(x, e)
    } else {
      x |> Conv3d(filters, kernel: 1, stride: stride, padding: 0)
    }) |> BatchNorm(momentum: momentum)
  })
}

/// An expert whose say in a product has a weight for each of its numbers: its density to that power, which multiplies its
/// precision and leaves its mean. `poe` of experts so weighed is the generalised product of experts (Cao and Fleet 2014); with
/// weights that sum to 1 it is as sure as one expert and not as all of them together, and with equal ones it is their
/// geometric mean.
block WeightedExpert(q: normal[n], weight: [n]) -> normal[n] {
  normal(mean: q.mean, log_var: q.log_var - log(weight))
}

/// Two vectors in one space, and a gate for each feature that says how much of which (Arevalo et al. 2017, the bimodal unit):
/// `z * tanh(a) + (1 - z) * tanh(b)`.
block GatedUnit(features: int)(a: [n], b: [m]) -> [features] {
  let gate = concat(a, b) |> Linear(features, bias: false) |> sigmoid
  gate * (a |> Linear(features, bias: false) |> tanh)
    + (1 - gate) * (b |> Linear(features, bias: false) |> tanh)
}

/// All products of a feature of `a` with one of `b`, and the features themselves: the outer product of both with a 1 behind each (Zadeh
/// et al. 2017, tensor fusion).
block TensorFusion(a: [n], b: [m]) -> [(n + 1) * (m + 1)] {
  ((a |> pad([0, 1], value: 1) |> reshape(n + 1, 1)) * (b |> pad([0, 1], value: 1) |> reshape(1, m + 1)))
    |> flatten
}

/// A linear map of the same products whose tensor has a low rank, so that it is never formed (Liu et al. 2018, low-rank multimodal
/// fusion): of each rank the product of a map of both, and of the ranks a weighted sum.
block LowRankFusion(features: int, rank: int = 4)(a: [n], b: [m]) -> [features] {
  let of_a = a |> pad([0, 1], value: 1) |> Linear(rank * features, bias: false) |> reshape(rank, features)
  let of_b = b |> pad([0, 1], value: 1) |> Linear(rank * features, bias: false) |> reshape(rank, features)
  (of_a * of_b) |> permute(1, 0) |> Linear(1, bias: false) |> reshape(features) |> Shift()
}

/// A learned number added to each feature.
block Shift(x: [n]) -> [n] { x + Parameter(n)() }
