use std.blocks.ConvBnRelu
param width: int = 8
param fusion: one_of(concat, film) = film
cohort people = table("people.tsv")
modality about: vector[2] = people.columns([age, ptau] |> standardize)
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [about, t1]
model m(t1) { t1 |> Cnn⟨⟩ }
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= replaces "Cnn"
//= Cnn3d (Cnn3d(width: 8, steps: 3)(x: [c, d, h, w]) -> [width * 2 ^ (steps - 1)]) writes "Cnn3d()", and at 25 "\nuse std.encoders.Cnn3d"
//= ConvBnRelu (ConvBnRelu(filters, stride: 1)(x: [c, d, h, w]) -> [filters, _, _, _]) writes "ConvBnRelu(${1:filters})"
//= ConvTranspose3d (ConvTranspose3d(filters, kernel, stride: 1, padding: 0, output_padding: 0, dilation: 1, groups: 1, bias: true, init: uniform, std?, bias_init: uniform)(x)) writes "ConvTranspose3d(${1:filters}, ${2:kernel})"
//= ChannelDropout (ChannelDropout(p: 0.5)(x)) writes "ChannelDropout()"
//= DcganDown (DcganDown(filters)(x: [c, d, d, d]) -> [filters, d/2, d/2, d/2]) writes "DcganDown(${1:filters})", and at 25 "\nuse std.encoders.DcganDown"
//= ConvTranspose1d (ConvTranspose1d(filters, kernel, stride: 1, padding: 0, output_padding: 0, dilation: 1, groups: 1, bias: true, init: uniform, std?, bias_init: uniform)(x)) writes "ConvTranspose1d(${1:filters}, ${2:kernel})"
//= ConvTranspose2d (ConvTranspose2d(filters, kernel, stride: 1, padding: 0, output_padding: 0, dilation: 1, groups: 1, bias: true, init: uniform, std?, bias_init: uniform)(x)) writes "ConvTranspose2d(${1:filters}, ${2:kernel})"
//= constant (constant(value, size: 1)) writes "constant(${1:value})"
//= CondConv (CondConv(filters, kernel: 3, stride: 1, padding: 1, experts: 3)(x: [c, h, w], about: [k]) -> [filters, _, _]) writes "CondConv(${1:filters})", and at 25 "\nuse std.disentangle.CondConv"
//= CrossAttention (CrossAttention(heads: 4)(x: [n, f], y: [m, g]) -> [n, f]) writes "CrossAttention()", and at 25 "\nuse std.attention.CrossAttention"
//= and 0 more
