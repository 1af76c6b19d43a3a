/// Does brain age get better when the network's weights depend on sex?
///
/// A VGG reads the scan; the four linear layers behind it have weights that a hypernetwork makes from the subject's sex
/// (Duenias et al. 2025, HyperFusion, Medical Image Analysis 102:103503; section on brain age). Against the same network
/// on the scan alone and with sex joined to its features.
///
/// Data: T1-weighted heads of healthy people, stripped, aligned and resampled to 90 x 120 x 99 voxels, as a BIDS tree with
/// `age` and `sex` in participants.tsv. Then: fascicle run hyperfusion_age.fx --set data=FOLDER
use std.encoders.Vgg3d

param data: text = "data/brainage"
param fusion: one_of(image_only, concat, hyper) = hyper
param width: int = 16
param epochs: int = 60

// What the embedding of sex starts from. The published code sets its weights to 1 (`ones`), so that the two columns of
// sex give everybody the same embedding: that network is blind to sex until it has learnt. `uniform` is not.
param embedding: one_of(uniform, ones) = uniform

// Whom the network learns from: everybody, or one sex alone; and how many, as a share of all who could train, so that it
// learns from as many women, men or people of both.
param learns_from: one_of(everybody, women, men) = everybody
param share: real = 1.0

cohort people = bids(data)

modality t1: volume[1, 90, 120, 99] = people.image("anat/*_T1w.nii.gz") |> zscore(mask: nonzero)
condition sex: vector[2] = people.columns(sex |> onehot([F, M]))
target age: real = people.column("age")

/// A linear layer with weights and biases of the subject's own, made from one number that is made from the record. A
/// balanced 0/1 column has a variance of 0.25, which is what the start of the weights counts on (eq. 1-2).
block HyperDense(outputs: int)(x: [n], record: [k]) -> [outputs] {
  let e = record |> Linear(1, init: embedding, bias_init: zeros)
  HyperLinear(outputs, variance: 0.25)(x, e)
}

block HyperHead(x: [n], record: [k]) -> [1] {
  let first = HyperDense(16)(x, record) |> relu
  let second = HyperDense(32)(first, record) |> relu
  let third = HyperDense(64)(second, record) |> relu
  HyperDense(1)(third, record)
}

/// The same layers with weights that are everybody's, reading sex among the features of the first or not at all.
block DenseHead(x: [n], record: [k]) -> [1] {
  let first = x |> Linear(16) |> relu
  (if fusion == concat { concat(first, record) } else { first })
    |> Linear(32)
    |> relu
    |> Linear(64)
    |> relu
    |> Linear(1)
}

model brain(t1, sex) -> age {
  let image = t1 |> Vgg3d(width) |> ChannelDropout(0.2) |> flatten
  if fusion == hyper { HyperHead()(image, sex) } else { DenseHead()(image, sex) }
}

train brain {
  minimize mse(brain, age)
  optimizer Adam(lr: 1.5e-4, weight_decay: 0.05)
  epochs epochs
  batch 64
  keep best mae on validation
  within match learns_from {
    everybody => everybody
    women => sex == F
    men => sex == M
  }
  take share
}

// Trained ten times; the five that err least on those who validate predict as one. How often the paper's networks were
// trained was not checked.
protocol split = holdout(train: 0.8, validation: 0.1, test: 0.1, seeds: [1, 2, 3], repeats: 10)

ensemble brain over repeats, best: 5

score brain: mae, mse, pearson
// Women and men apart.
score brain: mae, within: sex == F, within: sex == M

sweep methods: fusion {
  compare mae
}

// From women, from men, and from as many of both: what does the other sex's brain look like to a network that never saw one?
sweep sexes: [learns_from, share] in [[everybody, 0.4], [women, 0.4], [men, 0.4]] {
  compare mae against [everybody, 0.4]
}
