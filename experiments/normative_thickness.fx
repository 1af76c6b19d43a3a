/// What is normal for a brain, and how far from it are others?
///
/// A product-of-experts variational autoencoder over left and right cortical thickness and subcortical volumes,
/// conditioned on sex and head size, learns from people under 45 (Kumar et al., mmNormVAE; Wu and Goodman 2018). Two
/// questions are asked of it: how people over 60 deviate from held-out young ones, and how patients with early
/// schizophrenia deviate from the controls of their own scanner.
///
/// Data: the 1000 Functional Connectomes table and the NIMH tables that the PCNtoolkit demo distributes
/// (https://github.com/predictive-clinical-neuroscience/PCNtoolkit-demo): fcon1000.csv, NIMH_controls_v1.csv and
/// NIMH_patients_v1.csv in one folder. Then: fascicle run normative_thickness.fx --set data=FOLDER
use std.encoders.{Decoder, GaussianEncoder}

param data: text = "data/normative"
param latent: int = 10
param beta: real = 1.0
param experts: one_of(poe, moe, mopoe) = poe

cohort young = table(data + "/fcon1000.csv") {
  subject sub_id
  keep age < 45
}

cohort old = table(data + "/fcon1000.csv") {
  subject sub_id
  keep age > 60
}

// The NIMH tables have no eTIV: the same quantity has another name there.
cohort controls = table(data + "/NIMH_controls_v1.csv") {
  rename eTIV from "EstimatedTotalIntraCranialVol"
}

cohort patients = table(data + "/NIMH_patients_v1.csv") {
  rename eTIV from "EstimatedTotalIntraCranialVol"
}

// Mean thickness begins with `lh_M`: only gyri, sulci, poles and the lateral fissure are read.
modality left: vector[_] = columns(/^lh_[GSPL].*_thickness$/ |> standardize)
modality right: vector[_] = columns(/^rh_[GSPL].*_thickness$/ |> standardize)
modality deep: vector[_] = columns(
  /^(Left|Right)-(Thalamus-Proper|Caudate|Putamen|Pallidum|Hippocampus|Amygdala|Accumbens-area|VentralDC)$/
    |> standardize,
)
condition about: vector[_] = columns(eTIV |> standardize, sex |> onehot)

group parts = [left, right, deep]

model norm(parts, about) {
  let q = experts(prior, for m in parts { GaussianEncoder(latent)(m, about) })
  let z = q |> sample
  output posterior = q
  output recon = for m in parts { Decoder(size(m))(z, about) }
}

train norm on young {
  minimize sum(for m in parts { squared_error(norm.recon[m], m) })
    + beta * batch_mean(kl(norm.posterior, prior))
  optimizer Adam(lr: 1e-3)
  epochs 120
  batch 64
  keep best
}

protocol split = holdout(train: 0.7, validation: 0.1, test: 0.2, seed: 1)

score norm.recon: mse, r2

analysis ageing = normative_deviation(norm, reference: young.test, cases: old)
analysis aged_regions = one_sample_t(ageing.z, correct: fdr, alpha: 0.05)

analysis illness = normative_deviation(norm, reference: controls, cases: patients)
analysis ill_regions = one_sample_t(illness.z, correct: fdr, alpha: 0.05)
analysis with_age = correlation(ageing.mean, old.age)
