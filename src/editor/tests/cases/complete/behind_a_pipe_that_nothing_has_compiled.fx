use std.blocks.ConvBnRelu
cohort people = bids("data")
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target age: real = people.column("age")
block Deep(x: [c, d, h, w]) -> [c, d, h, w] { x }
block Flat(x: [n]) -> [n] { x }
model m(t1) -> age {
  let y = concat(t1, t1 |> Conv3d(4)) |> global_avg_pool |> ⟨⟩
train m { minimize mse(m, age) }
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
//= and 183 more
