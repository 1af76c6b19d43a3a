use std.blocks.ConvBnRelu
param width: int = 8
param fusion: one_of(concat, film) = film
cohort people = table("people.tsv")
modality about: vector[2] = people.columns([age, ptau] |> standardize)
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [about, t1]
condition c2: vector[1] = people.columns(age |> ⟨⟩
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= replaces ""
//= standardize (standardize())
//= minmax (minmax())
//= log (log())
//= bins (bins(n)) writes "bins(${1:n})"
//= onehot (onehot(levels?))
//= combat (combat(by, keep?, parametric: true, empirical_bayes: true, mean_only: false, reference?, if: true)) writes "combat(${1:by})"
//= residualize (residualize(on, if: true)) writes "residualize(${1:on})"
//= and 0 more
