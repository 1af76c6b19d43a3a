use std.blocks.ConvBnRelu
param width: int = 8
param fusion: one_of(concat, film) = film
cohort people = table("people.tsv")
modality about: vector[2] = people.columns([age, ptau] |> standardize)
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [about, t1]
block Down(n: int)(x: [c, d, h, w]) -> [n, d/2, h/2, w/2] {
  let y = x |> ConvBn⟨⟩Relu(⟨⟩n, stri⟨⟩de: 2)
  ⟨⟩y
}
model m(t⟨⟩1) -> diagno⟨⟩sis {
  output z = t1 |> Down(wi⟨⟩dth) |> global_avg_pool
  z |> Linear(2)
}
train m { minimize cross_entropy(m, diagnosis), init m.Do⟨⟩wn from "w.safetensors" }
score ⟨⟩m: a⟨⟩uc
analysis apart = kruskal_wallis(m.⟨⟩z by people.se⟨⟩x)
sweep s: fus⟨⟩ion { compare auc against fi⟨⟩lm }
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= std/blocks.fx:4 ConvBnRelu
//= main.fx:9 n
//= std/blocks.fx:4 stride
//= main.fx:10 y
//= main.fx:6 t1
//= main.fx:7 diagnosis
//= main.fx:2 width
//= main.fx:9 Down
//= main.fx:13 m
//= nothing
//= main.fx:14 z
//= nothing
//= main.fx:3 fusion
//= main.fx:3 film
