/// The normative model on people whose deviations are known.
///
/// The phantom gives every person volumes of 64 cortical, 35 subcortical and 16 hippocampal regions. Disease takes nothing
/// from people below a severity of 4.5 and, above it, ever more of some regions: up to 30% in the hippocampus. A fifth of
/// the people have no hippocampal volumes, in training and in the test. Two claims of Kumar et al. can be checked:
/// deviations rise with severity, and more regions deviate significantly when all three parts are seen than when one is.
extends "normative_poe.fx"

param rate: real = 1e-3
param rounds: int = 100
param division: int = 1  // the seed of the split
protocol split = holdout(train: 0.6, validation: 0.1, test: 0.3, seed: division)

param gap: real = 0.2  // share of people without hippocampal volumes

// One seed: the regions are the same in both, and a person is either below the onset or above it.
cohort healthy = phantom(subjects: 1500, seed: 11, missing_scan: gap) {
  join "derivatives/regions/regions.tsv"
  keep severity < 4.5
}
cohort patients = phantom(subjects: 200, seed: 11, missing_scan: gap) {
  join "derivatives/regions/regions.tsv"
  keep severity >= 4.5
}

analysis cognition = correlation(deviation.mean, patients.severity)
