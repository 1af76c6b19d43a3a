/// Voxel-wise fusion on heads whose hidden factors are known.
///
/// T1w and PET scans of synthetic heads stand for the two contrasts of Dimitri et al. Each was painted from hidden factors:
/// atrophy, which the T1w scan shows, and hypometabolism, which the PET scan shows. Two claims can be checked: the
/// reconstructions are better than the mean training image (skill above 0), and the embedding tells both factors.
extends "voxel_fusion.fx"

param steps: int = 2
param rounds: int = 60

cohort hcp = phantom(subjects: 200, seed: 3, shape: [16, 20, 16], noise: 0.02) {
  join "derivatives/truth/truth.tsv"
}

modality jac: volume[1, 16, 20, 16] = hcp.image("anat/*_T1w.nii.gz")
  |> rescale(0..1, percentiles: [0.1, 99.9])
modality ndi: volume[1, 16, 20, 16] = hcp.image("pet/*_pet.nii.gz")
  |> rescale(0..1, percentiles: [0.1, 99.9])

// The paper's batch of 1 and its 200 epochs of a thousand people are 180,000 steps; here there is time for about 1,800, with a larger
// batch, whose statistics are steadier, and a larger rate.
train fused {
  minimize sum(for m in pair { binary_cross_entropy(fused.image[m], m) })
  optimizer Adam(lr: 5e-3)
  schedule Cosine(warmup: 2)
  epochs rounds
  batch 4
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
