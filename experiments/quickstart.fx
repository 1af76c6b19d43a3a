/// A first experiment: whose disease is it, the image's or the record's?
///
/// The phantom makes heads whose diagnosis depends on the image and on the clinical table together: the same atrophy
/// means disease in one person and not in another. Four networks see the image, the table, or both.
use std.encoders.{Cnn3d, Mlp}
use std.fusion.FilmVector

param fusion: one_of(image_only, table_only, concat, film) = film
param width: int = 8

cohort heads = phantom(subjects: 240, seed: 7, shape: [32, 40, 32])

modality t1: volume[1, 32, 40, 32] = heads.image("anat/*_T1w.nii.gz") |> zscore(mask: nonzero)
condition record: vector[_] = heads.columns(
  [age, education, abeta, ptau] |> standardize,
  [sex, apoe4] |> onehot,
  missing: mean(flags: true),
)
target diagnosis: class{control, patient} = heads.column("diagnosis")

model fused(t1, record) -> diagnosis {
  let image = t1 |> Cnn3d(width, steps: 3)
  let table = record |> Mlp(hidden: 16, features: 8)
  let joint = match fusion {
    image_only => image
    table_only => table
    concat => concat(image, table)
    film => concat(FilmVector()(image, table), table)
  }
  joint |> Linear(16) |> relu |> Dropout(0.2) |> Linear(2)
}

train fused {
  minimize cross_entropy(fused, diagnosis)
  optimizer AdamW(lr: 5e-3, weight_decay: 1e-2)
  schedule Cosine(warmup: 2)
  epochs 20
  batch 16
  keep best
}

protocol cv = kfold(3, stratify: [diagnosis], seed: 1)

score fused: auc, balanced_accuracy, f1, confusion

sweep methods: fusion {
  compare auc, balanced_accuracy
}
