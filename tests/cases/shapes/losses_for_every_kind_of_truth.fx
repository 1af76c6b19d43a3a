cohort c = bids("data")
modality t1: volume[1, 16, 16, 16] = c.image("anat/*_T1w.nii.gz")
target sex: class{F, M} = c.column("sex")
target age: real = c.column("age")
target lesion: mask[16, 16, 16]{rest, lesion} = c.image("anat/*_dseg.nii.gz")
model m(t1) {
  output sex = t1 |> global_avg_pool |> Linear(2)
  output age = t1 |> global_avg_pool |> Linear(1)
  output lesion = t1 |> Conv3d(2)
  output image = t1 |> Conv3d(1)
}
train m {
  minimize cross_entropy(m.sex, sex, weight: inverse_frequency)
    + mse(m.age, age)
    + dice_loss(m.lesion, lesion)
    + cross_entropy(m.lesion, lesion)
    + binary_cross_entropy(m.image |> sigmoid, t1)
  optimizer SGD(lr: 0.1, momentum: 0.9)
  schedule OneCycle(max_lr: 0.5)
  stop early(patience: 5)
  augment flip(axis: sagittal), noise(0.1)
  sample balanced(by: sex)
  keep best auc on validation
}
score m.sex: auc
score m.age: mae
score m.lesion: dice
// table: c: sex F M; age number

// shape: m.sex = [2]
// shape: m.age = [1]
// shape: m.lesion = [2, 16, 16, 16]
// shape: m.image = [1, 16, 16, 16]
// parameters: m = 90
