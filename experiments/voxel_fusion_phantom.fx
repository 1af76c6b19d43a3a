/// Voxel-wise fusion on heads whose hidden factors are known.
///
/// T1w and PET scans of synthetic heads stand for the two contrasts of Dimitri et al. Each was painted from hidden factors:
/// atrophy, which the T1w scan shows, and hypometabolism, which the PET scan shows. Two claims can be checked: the
/// reconstructions are better than the mean training image (skill above 0), and the embedding tells both factors.
extends "voxel_fusion.fx"

param steps: int = 2
param rounds: int = 8

cohort hcp = phantom(subjects: 80, seed: 3, shape: [16, 20, 16], noise: 0.02) {
  join "derivatives/truth/truth.tsv"
}

modality jac: volume[1, 16, 20, 16] = hcp.image("anat/*_T1w.nii.gz")
  |> rescale(0..1, percentiles: [0.1, 99.9])
modality ndi: volume[1, 16, 20, 16] = hcp.image("pet/*_pet.nii.gz")
  |> rescale(0..1, percentiles: [0.1, 99.9])

protocol cv = kfold(2, seed: 1)

// What the embedding tells of the hidden factors.
analysis told = linear_probe(fused.z, hcp.columns(atrophy, hypometabolism))
analysis factors = factor_analysis(
  hcp.columns(age, education, abeta, ptau),
  rotate: varimax,
  keep: eigenvalue > 1,
)
