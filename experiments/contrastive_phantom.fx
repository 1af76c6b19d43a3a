/// Contrastive fusion on heads whose hidden factors are known.
///
/// T1w and PET scans of synthetic heads stand for the two modalities of Fedorov et al. Both were painted from hidden factors: both
/// show atrophy, PET alone shows hypometabolism. A linear head on the frozen code of each modality, fitted on the training subjects,
/// tells both factors of the held-out ones. The claim: codes that were learned by relating the modalities tell more than those
/// of an encoder that was left as it started (`rate` and `peak` next to 0), for each way of relating them.
extends "contrastive.fx"

param size: int = 32
param width: int = 8
param latent: int = 32
param draws: int = 3
param length: int = 60
param together: int = 32

cohort oasis = phantom(subjects: 300, seed: 5, shape: [32, 32, 32]) { join "derivatives/truth/truth.tsv" }

modality falff: volume[1, size, size, size] = oasis.image("pet/*_pet.nii.gz")
  |> histogram_standardize
  |> rescale(0..1)
target diagnosis: class{control, patient} = oasis.column("diagnosis")
target atrophy: real = oasis.column("atrophy")
target hypometabolism: real = oasis.column("hypometabolism")

model tell(dim.z) {
  let code = for m in mods { dim.z[m] |> BatchNorm(affine: false) }
  output atrophy = for m in mods { code[m] |> Linear(1) }
  output hypometabolism = for m in mods { code[m] |> Linear(1) }
}

train tell {
  freeze dim
  minimize sum(for m in mods { mse(tell.atrophy[m], atrophy) + mse(tell.hypometabolism[m], hypometabolism) })
  optimizer AdamW(lr: 1e-2, weight_decay: 0.1)
  schedule Cosine(warmup: 1)
  epochs 100
  keep last
}

protocol cv = kfold(3, stratify: [diagnosis], seed: 1)

score tell.atrophy: r2, pearson, against: atrophy
score tell.hypometabolism: r2, pearson, against: hypometabolism

analysis probe = for m in mods { logistic_probe(dim.z[m], diagnosis, search: 20, score: auc, on: test) }

// Where in each image the head reads atrophy: one number, so that it costs little. There is noise in the air.
analysis saliency = for m in mods {
  smooth_grad(tell.atrophy[m], of: m, noise: 0.05, times: 5, smooth: 6mm, mask: above_mean)
}
analysis group_map = for m in mods {
  mann_whitney(saliency[m], control vs patient, effect: rank_biserial)
}

// Nothing, L, CL, S, L + CL + CS + S, AE, S-AE, DCCAE, L-CCA, MMVAE, supervised.
sweep objectives: [
  local,
  cross_local,
  cross_space,
  similar,
  autoencode,
  correlate,
  mixture,
  supervise,
  rate,
  peak,
] in [
  [0, 0, 0, 1, 0, 0, 0, 0, 1e-12, 1e-12],
  [1, 0, 0, 0, 0, 0, 0, 0, 4e-4, 0.01],
  [0, 1, 0, 0, 0, 0, 0, 0, 4e-4, 0.01],
  [0, 0, 0, 1, 0, 0, 0, 0, 4e-4, 0.01],
  [1, 1, 1, 1, 0, 0, 0, 0, 4e-4, 0.01],
  [0, 0, 0, 0, 1, 0, 0, 0, 4e-4, 0.01],
  [0, 0, 0, 1, 1, 0, 0, 0, 4e-4, 0.01],
  [0, 0, 0, 0, 1, 1, 0, 0, 4e-4, 0.01],
  [1, 0, 0, 0, 0, 1, 0, 0, 4e-4, 0.01],
  [0, 0, 0, 0, 0, 0, 1, 0, 4e-4, 0.01],
  [0, 0, 0, 0, 0, 0, 0, 1, 4e-4, 0.01],
] {
  compare r2, pearson
}
sweep methods: code_head
