use std.blocks.ConvBnRelu
param width: int = 8
param fusion: one_of(concat, film) = film
cohort people = table("people.tsv")
modality about: vector[2] = people.columns([age, ptau] |> standardize)
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [about, t1]
model m(t1) -> diagnosis {
  let y = t1 |> ConvBnRelu(4) |> max_pool3d(4)⟨ |> ⟩
  y |> flatten |> Linear(2)
}
train m { minimize cross_entropy(m, diagnosis) }
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= replaces ""
//= ConvBnRelu (ConvBnRelu(filters, stride: 1)(x: [c, d, h, w]) -> [filters, _, _, _]) writes "ConvBnRelu(${1:filters})"
//= Conv3d (Conv3d(filters, kernel: 3, stride: 1, padding: same, dilation: 1, groups: 1, bias: true, init: uniform, std?, bias_init: uniform)(x)) writes "Conv3d(${1:filters})"
//= DepthwiseConv3d (DepthwiseConv3d(kernel: 3, multiplier: 1, stride: 1, padding: same, dilation: 1, bias: true, init: uniform, std?, bias_init: uniform)(x)) writes "DepthwiseConv3d()"
//= ConvTranspose3d (ConvTranspose3d(filters, kernel, stride: 1, padding: 0, output_padding: 0, dilation: 1, groups: 1, bias: true, init: uniform, std?, bias_init: uniform)(x)) writes "ConvTranspose3d(${1:filters}, ${2:kernel})"
//= Linear (Linear(outputs, bias: true, init: uniform, std?, bias_init: uniform)(x)) writes "Linear(${1:outputs})"
//= BatchNorm (BatchNorm(eps: 1e-5, momentum: 0.1, affine: true)(x)) writes "BatchNorm()"
//= InstanceNorm (InstanceNorm(eps: 1e-5, affine: false)(x)) writes "InstanceNorm()"
//= LayerNorm (LayerNorm(eps: 1e-5, affine: true)(x)) writes "LayerNorm()"
//= GroupNorm (GroupNorm(groups, eps: 1e-5, affine: true)(x)) writes "GroupNorm(${1:groups})"
//= Dropout (Dropout(p: 0.5)(x)) writes "Dropout()"
//= ChannelDropout (ChannelDropout(p: 0.5)(x)) writes "ChannelDropout()"
//= max_pool3d (max_pool3d(x, kernel, stride?, padding: 0)) writes "max_pool3d(${1:kernel})"
//= and 181 more
