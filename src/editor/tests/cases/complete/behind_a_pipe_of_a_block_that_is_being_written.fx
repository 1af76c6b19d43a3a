block Deep(x: [c, d, h, w]) -> [c, d, h, w] { x }
block Flat(x: [n]) -> [n] { x }
block New(n: int)(x: [c, d, h, w], about: [k]) {
  let wide = x |> Conv3d(n, stride: 2) |> flatten
  fold i in 0..3 from wide { y => y |> ⟨⟩
//= replaces ""
//= Flat (Flat()(x: [n]) -> [n]) writes "Flat()"
//= Linear (Linear(outputs, bias: true, init: uniform, std?, bias_init: uniform)(x)) writes "Linear(${1:outputs})"
//= BatchNorm (BatchNorm(eps: 1e-5, momentum: 0.1, affine: true)(x)) writes "BatchNorm()"
//= LayerNorm (LayerNorm(eps: 1e-5, affine: true)(x)) writes "LayerNorm()"
//= GroupNorm (GroupNorm(groups, eps: 1e-5, affine: true)(x)) writes "GroupNorm(${1:groups})"
//= Dropout (Dropout(p: 0.5)(x)) writes "Dropout()"
//= ChannelDropout (ChannelDropout(p: 0.5)(x)) writes "ChannelDropout()"
//= relu (relu(x))
//= leaky_relu (leaky_relu(x, slope: 0.01))
//= elu (elu(x, alpha: 1))
//= gelu (gelu(x))
//= PRelu (PRelu(channels: one)(x)) writes "PRelu()"
//= and 184 more
