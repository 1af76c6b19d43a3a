use std.blocks.ConvBnRelu
param width: int = 8
param fusion: one_of(concat, film) = film
cohort people = table("people.tsv")
modality about: vector[2] = people.columns([age, ptau] |> standardize)
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [about, t1]
protocol cv = kfold(5, stratify: [se⟨⟩x])
score m: auc, within: sex
model sex(t1) { t1 |> flatten }
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= main.fx:9 sex
//= main.fx:10 sex
//= of this file 2, 0 of them write
