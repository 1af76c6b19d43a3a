use std.blocks.ConvBnRelu
param width: int = 8
param fusion: one_of(concat, film) = film
cohort people = table("people.tsv")
modality about: vector[2] = people.columns([age, ptau] |> standardize)
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [about, t1]
model m(t1) { t1 |> Conv3d(4, stride: 2, ⟨⟩
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= replaces ""
//= kernel (= 3, a whole number of at least 1, or one for each axis) writes "kernel: "
//= padding (= same, a whole number, one for each axis, or `same`) writes "padding: "
//= dilation (= 1, a whole number of at least 1, or one for each axis) writes "dilation: "
//= groups (= 1, a whole number of at least 1) writes "groups: "
//= bias (= true, `true` or `false`) writes "bias: "
//= init (= uniform, `uniform`, `normal`, `zeros`, `ones`) writes "init: "
//= std (a number above 0) writes "std: "
//= bias_init (= uniform, `uniform`, `zeros`) writes "bias_init: "
//= width (param)
//= fusion (param)
//= about ([2])
//= t1 ([1, 32, 32, 32])
//= and 203 more
