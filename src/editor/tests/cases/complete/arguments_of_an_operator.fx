use std.blocks.ConvBnRelu
param width: int = 8
param fusion: one_of(concat, film) = film
cohort people = table("people.tsv")
modality about: vector[2] = people.columns([age, ptau] |> standardize)
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [about, t1]
model m(t1) { t1 |> Conv3d(4, str⟨⟩ide: 2)
}
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= replaces "stride"
//= stride (= 1, a whole number of at least 1, or one for each axis) writes "stride: "
//= InstanceNorm (InstanceNorm(eps: 1e-5, affine: false)(x)) writes "InstanceNorm()"
//= subtract (subtract(x, y)) writes "subtract(${1:x}, ${2:y})"
//= stop_gradient (stop_gradient(x)) writes "stop_gradient(${1:x})"
//= absolute_error (absolute_error(prediction, target)) writes "absolute_error(${1:prediction}, ${2:target})"
//= binary_cross_entropy (binary_cross_entropy(prediction, target, logits: false)) writes "binary_cross_entropy(${1:prediction}, ${2:target})"
//= cross_entropy (cross_entropy(prediction, target, weight: equal, smoothing: 0)) writes "cross_entropy(${1:prediction}, ${2:target})"
//= supervised_contrastive (supervised_contrastive(values, temperature: 0.07, base_temperature?, clip?, penalty: 0, critic: cosine)) writes "supervised_contrastive(${1:values})"
//= DenseTransition (DenseTransition()(x: [c, d, h, w]) -> [c/2, _, _, _]) writes "DenseTransition()", and at 25 "\nuse std.encoders.DenseTransition"
//= and 0 more
