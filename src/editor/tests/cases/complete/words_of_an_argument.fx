use std.blocks.ConvBnRelu
param width: int = 8
param fusion: one_of(concat, film) = film
cohort people = table("people.tsv")
modality about: vector[2] = people.columns([age, ptau] |> standardize)
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [about, t1]
model m(t1) { t1 |> upsample(2, mode: ⟨⟩
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= replaces ""
//= nearest (mode)
//= linear (mode)
//= width (param)
//= fusion (param)
//= about ([2])
//= t1 ([1, 32, 32, 32])
//= diagnosis (class{HC, AD})
//= both (group)
//= ConvBnRelu (ConvBnRelu(filters, stride: 1)(x: [c, d, h, w]) -> [filters, _, _, _]) writes "ConvBnRelu(${1:filters})"
//= Conv1d (Conv1d(filters, kernel: 3, stride: 1, padding: same, dilation: 1, groups: 1, bias: true, init: uniform, std?, bias_init: uniform)(x)) writes "Conv1d(${1:filters})"
//= Conv2d (Conv2d(filters, kernel: 3, stride: 1, padding: same, dilation: 1, groups: 1, bias: true, init: uniform, std?, bias_init: uniform)(x)) writes "Conv2d(${1:filters})"
//= Conv3d (Conv3d(filters, kernel: 3, stride: 1, padding: same, dilation: 1, groups: 1, bias: true, init: uniform, std?, bias_init: uniform)(x)) writes "Conv3d(${1:filters})"
//= and 197 more
