/// Voxel-wise fusion on heads whose hidden factors are known.
///
/// T1w and PET scans of synthetic heads stand for the two contrasts of Dimitri et al. Each was painted from hidden factors:
/// atrophy, which the T1w scan shows, and hypometabolism, which the PET scan shows. Two claims can be checked: the
/// reconstructions are better than the mean training image (skill above 0), and the embedding tells both factors.
extends "voxel_fusion.fx"

param steps: int = 3
param rounds: int = 10

cohort hcp = phantom(subjects: 150, seed: 3, shape: [32, 32, 24], noise: 0.02) {
  join "derivatives/truth/truth.tsv"
}

modality jac: volume[1, 32, 32, 24] = hcp.image("anat/*_T1w.nii.gz")
  |> rescale(0..1, percentiles: [0.1, 99.9])
modality ndi: volume[1, 32, 32, 24] = hcp.image("pet/*_pet.nii.gz")
  |> rescale(0..1, percentiles: [0.1, 99.9])

target atrophy: real = hcp.column("atrophy")
target hypometabolism: real = hcp.column("hypometabolism")

protocol cv = kfold(3, seed: 1)

// What the embedding tells of the hidden factors: a line fitted to it by shrunken least squares, the network as it is.
model atrophy_told(fused.z) -> atrophy { fused.z |> BatchNorm() |> Linear(1) }
model hypometabolism_told(fused.z) -> hypometabolism { fused.z |> BatchNorm() |> Linear(1) }

train atrophy_told {
  freeze fused
  minimize mse(atrophy_told, atrophy)
  optimizer AdamW(lr: 1e-3, weight_decay: 1)
  epochs 60
  batch 16
  keep last
}
train hypometabolism_told {
  freeze fused
  minimize mse(hypometabolism_told, hypometabolism)
  optimizer AdamW(lr: 1e-3, weight_decay: 1)
  epochs 60
  batch 16
  keep last
}

score atrophy_told: r2, pearson
score hypometabolism_told: r2, pearson
