use std.blocks.ConvBnRelu
param width: int = 8
param fusion: one_of(concat, film) = film
cohort people = table("people.tsv")
modality about: vector[2] = people.columns([age, ptau] |> standardize)
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [about, t1]
model m(about) -> diagnosis { about |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis), opt⟨⟩
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= replaces "opt"
//= optimizer (How parameters move.) writes "optimizer "
//= Dropout (Dropout(p: 0.5)(x)) writes "Dropout()"
//= ChannelDropout (ChannelDropout(p: 0.5)(x)) writes "ChannelDropout()"
//= stop_gradient (stop_gradient(x)) writes "stop_gradient(${1:x})"
//= ModulatedPreactRes (ModulatedPreactRes(filters, stride: 1, dropout: 0.0, momentum: 0.1, modulate: Film)(x: [c, d, h, w], record: [k]) -> [filters, _, _, _]) writes "ModulatedPreactRes(${1:filters})", and at 25 "\nuse std.fusion.ModulatedPreactRes"
//= and 0 more
