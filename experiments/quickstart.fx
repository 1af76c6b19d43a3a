/// A first experiment: is the disease in the image, in the record, or in both together?
///
/// The phantom makes heads with a clinical table. What atrophy means depends on the record: the same shrunken
/// hippocampus is a sign of disease in one person and of little in another. Four networks see the image, the table, or
/// both; those that see both should win.
use std.blocks.ConvBnRelu
use std.fusion.FilmVector

param fusion: one_of(image_only, table_only, concat, film) = film
param width: int = 8

cohort heads = phantom(subjects: 500, seed: 7, shape: [24, 28, 24])

modality t1: volume[1, 24, 28, 24] = heads.image("anat/*_T1w.nii.gz") |> zscore(mask: nonzero)
condition record: vector[_] = heads.columns(
  [abeta, ptau, age] |> standardize,
  [sex, apoe4] |> onehot,
  missing: mean,
)
target diagnosis: class{control, patient} = heads.column("diagnosis")

block ImageEncoder(x: [c, d, h, w]) -> [8] {
  x
    |> ConvBnRelu(width, stride: 2)
    |> ConvBnRelu(width, stride: 2)
    |> avg_pool3d(2)
    |> flatten
    |> Dropout(0.3)
    |> Linear(8)
}

model fused(t1, record) -> diagnosis {
  let image = t1 |> ImageEncoder()
  let table = record |> Linear(8) |> relu
  let joint = match fusion {
    image_only => image
    table_only => table
    concat => concat(image, table)
    film => concat(FilmVector()(image, record), table)
  }
  joint |> Linear(16) |> relu |> Linear(2)
}

train fused {
  minimize cross_entropy(fused, diagnosis)
  optimizer AdamW(lr: 3e-3, weight_decay: 0.1)
  schedule Cosine(warmup: 1)
  epochs 12
  batch 16
  keep last
}

protocol cv = kfold(3, stratify: [diagnosis], seed: 1)

score fused: auc, balanced_accuracy, f1, confusion

sweep methods: fusion {
  compare auc, balanced_accuracy
}
