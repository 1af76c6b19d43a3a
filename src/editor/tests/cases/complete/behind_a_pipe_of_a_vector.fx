use std.blocks.ConvBnRelu
param width: int = 8
param fusion: one_of(concat, film) = film
cohort people = table("people.tsv")
modality about: vector[2] = people.columns([age, ptau] |> standardize)
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [about, t1]
model m(about) -> diagnosis { about |> ⟨⟩
}
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= replaces ""
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
//= sigmoid (sigmoid(x))
//= and 181 more
