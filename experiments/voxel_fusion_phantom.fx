/// Voxel-wise fusion on heads whose hidden factors are known.
///
/// T1w and PET scans of synthetic heads stand for the two contrasts of Dimitri et al. Each was painted from hidden factors:
/// atrophy, which the T1w scan shows, and hypometabolism, which the PET scan shows. Two claims can be checked: the
/// reconstructions are better than the mean training image (skill above 0), and the embedding tells both factors.
extends "voxel_fusion.fx"

param steps: int = 3
param rounds: int = 45

cohort hcp = phantom(subjects: 200, seed: 3, shape: [32, 40, 32], noise: 0.02) {
  join "derivatives/truth/truth.tsv"
}

// Smoothed, as maps of the brain are before they are compared voxel by voxel. The networks give an image back from two channels of half its
// resolution; edges sharper than that they lose, and the mean of heads that lie on one another keeps.
modality jac: volume[1, 32, 40, 32] = hcp.image("anat/*_T1w.nii.gz")
  |> smooth(10mm)
  |> rescale(0..1, percentiles: [0.1, 99.9])
modality ndi: volume[1, 32, 40, 32] = hcp.image("pet/*_pet.nii.gz")
  |> smooth(10mm)
  |> rescale(0..1, percentiles: [0.1, 99.9])

// The paper's batch of 1 and its 200 epochs of a thousand people are 180,000 steps; here there is time for 2,700, with a larger
// batch, whose statistics are steadier, and a larger rate.
train fused {
  minimize sum(for m in pair { binary_cross_entropy(fused.image[m], m) })
  optimizer Adam(lr: 5e-3)
  schedule Cosine(warmup: 2)
  epochs rounds
  batch 2
  keep last
}

protocol cv = holdout(train: 0.6, validation: 0.1, test: 0.3, seed: 1)

// What the embedding tells of the hidden factors.
analysis told = linear_probe(fused.z, hcp.columns(atrophy, hypometabolism))
analysis factors = factor_analysis(
  hcp.columns(age, education, abeta, ptau),
  rotate: varimax,
  keep: eigenvalue > 1,
)
