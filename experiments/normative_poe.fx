/// What is normal for a brain, and how far is each patient from it.
///
/// Kumar, Payne and Sotiras 2023, Normative modeling using multimodal variational autoencoders to identify abnormal brain
/// volume deviations in Alzheimer's disease: regional volumes of three parts of the brain are encoded one by one, given age
/// and sex; a product of experts, the prior among them, joins the posteriors of the parts that a person has; decoders give
/// the volumes back. It learns from healthy people of one study; patients of another are measured against healthy people
/// that it has not seen.
///
/// Their code (multimodal_VAE.py) ends its decoders in a sigmoid, though a comment there says not to and standardised
/// volumes are negative half of the time: `--set squashed=true` does so too. Their validation loss leaves out the weight of
/// the third part; here the loss that chooses the epoch is the one that is minimised. Their configuration has a latent
/// space of 32, a learning rate of 5e-5, batches of 64 and 1,000 epochs.
///
/// It has (d + k) 64 + 64 + 64 32 + 32 + 2 (32 l + l) for the encoder of a part with d columns, k covariates and l
/// latent numbers, (l + k) 32 + 32 + 32 64 + 64 + 64 d + d for its decoder: 34,095 parameters in all.
use std.encoders.GaussianEncoder

param healthy_table: text = "data/ukb.csv"
param patient_table: text = "data/adni.csv"
param latent: int = 10
param beta: real = 1.0
param weight_cortical: real = 1.0  // lambda of the paper: what each part counts in the loss
param weight_subcortical: real = 1.0
param weight_hippocampal: real = 1.0
param experts: one_of(poe, moe, mopoe) = poe
param rate: real = 1e-4
param rounds: int = 500
param squashed: bool = false  // a sigmoid on the decoders, as in the published code

cohort healthy = table(healthy_table) {
  subject eid
  keep depression == 0
}
cohort patients = table(patient_table) { subject ptid }

// One declaration reads the same columns of both cohorts; the scaling is fitted on healthy training subjects.
// Anybody may lack any part: the product is then one of the parts that are there, and the loss counts those.
modality cortical: vector[64]? = columns(/^ctx_/ |> standardize)
modality subcortical: vector[35]? = columns(/^sub_/ |> standardize)
modality hippocampal: vector[16]? = columns(/^hip_/ |> standardize)
condition covariates: vector[12] = columns(age |> bins(10) |> onehot, sex |> onehot([F, M]))

group parts = [cortical, subcortical, hippocampal]

block Decoder(features: int)(z: [l], c: [k]) -> [features] {
  let x = concat(z, c) |> Linear(32) |> relu |> Linear(64) |> relu |> Linear(features)
  if squashed { x |> sigmoid } else { x }
}

model norm(parts, covariates) {
  let q = experts(prior, for m in parts { GaussianEncoder(latent)(m, covariates) })  // skips what is missing
  let z = q |> sample
  output posterior = q
  output recon = for m in parts { Decoder(size(m))(z, covariates) }
}

train norm on healthy {
  minimize sum(for m in parts {
    let weight = if m == cortical {
      weight_cortical
    } else if m == subcortical {
      weight_subcortical
    } else {
      weight_hippocampal
    }
    weight * squared_error(norm.recon[m], m)
  }) + beta * batch_mean(kl(norm.posterior, prior))
  optimizer Adam(lr: rate)
  epochs rounds
  batch 256
  keep best
}

protocol split = holdout(train: 0.8, validation: 0.1, test: 0.1, seed: 1)

score norm.recon: mse, r2

analysis deviation = normative_deviation(norm, reference: healthy.test, cases: patients)
analysis by_region = one_sample_t(deviation.z, correct: fdr, alpha: 0.05)  // how often each region is significant
analysis by_severity = kruskal_wallis(deviation.mean by patients.stage)
analysis cognition = correlation(deviation.mean, patients.adas13)

// The unimodal baselines, pairs, and everything; then other ways to join the posteriors.
sweep baseline: parts in [
  [cortical],
  [subcortical],
  [hippocampal],
  [cortical, subcortical],
  [cortical, subcortical, hippocampal],
] {
  compare by_region.significant, cognition.r
}
sweep fusion: experts { compare by_region.significant, cognition.r }
