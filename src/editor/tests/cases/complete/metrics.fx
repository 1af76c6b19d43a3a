use std.blocks.ConvBnRelu
param width: int = 8
param fusion: one_of(concat, film) = film
cohort people = table("people.tsv")
modality about: vector[2] = people.columns([age, ptau] |> standardize)
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [about, t1]
model m(about) -> diagnosis { about |> Linear(2) }
score m: ⟨⟩
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= replaces ""
//= accuracy (accuracy())
//= balanced_accuracy (balanced_accuracy())
//= precision (precision())
//= recall (recall())
//= f1 (f1())
//= auc (auc())
//= confusion (confusion())
//= mae (mae())
//= mse (mse())
//= r2 (r2())
//= pearson (pearson())
//= spearman (spearman())
//= and 17 more
