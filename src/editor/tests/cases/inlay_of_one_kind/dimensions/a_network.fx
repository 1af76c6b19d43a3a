use std.blocks.ConvBnRelu
param width: int = 8
cohort c = table("people.tsv")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
modality pet: volume[1, 32, 32, 32]? = c.image("pet/*.nii.gz") |> zscore
condition record: vector[_] = c.columns([age, education] |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
/// Halves the grid twice.
block Encoder(x: [c, d, h, w]) -> [16] {
  x |> Conv3d(width, 3, stride: 2, padding: 1) |> relu |> max_pool3d(2) |> flatten |> Linear(16)
}
model m(t1, pet, record) -> diagnosis {
  let e = Encoder()
  let image = t1 |> e
  let tracer = pet |> Encoder()
  let filled = tracer ?? zeros
  concat(image, filled, record) |> Linear(2)
}
train m { minimize cross_entropy(m, diagnosis)  batch 4 }
protocol cv = kfold(3, stratify: [diagnosis])
score m: auc
sweep widths: width in [4, 8, 16]
//== people.tsv
participant_id	age	education	diagnosis
a	61.5	12	HC
b	70	n/a	AD
c	75	16	AD
//= block Encoder⟨ first of 2 calls: c=1 d=32 h=32 w=32⟩(x: [c, d, h, w]) -> [16] {
//=   let image = t1 |> e⟨ c=1 d=32 h=32 w=32⟩
//=   let tracer = pet |> Encoder()⟨ c=1 d=32 h=32 w=32⟩
