use std.blocks.ConvBnRelu
param width: int = 8
param fusion: one_of(concat, film) = film
cohort people = table("people.tsv")
modality about: vector[2] = people.columns([age, ptau] |> standardize)
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [about, t1]
block B(x: [c]) { x |> 

mod⟨⟩
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= replaces "mod"
//= modality (something measured) writes "modality ${1:t1}: ${2:volume}[${3:1, 64, 64, 64}] = ${4:people}.image(\"${5:anat/*_T1w.nii.gz}\") |> ${6:zscore}"
//= model (a network) writes "model ${1:m}(${2:t1}) -> ${3:target} {\n  ${2:t1} |> ${0}\n}"
//= and 0 more
