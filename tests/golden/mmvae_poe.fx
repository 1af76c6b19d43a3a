// The product-of-experts VAE of Kumar et al.: three tables with what they are conditioned on, any of them absent.
// The decoders end in a sigmoid, as in the authors' code.
//
// golden: mmvae_poe
// input: cort = cort
// input: subcort = subcort
// input: hcm = hcm
// input: cond = cond
// input: eps = 0
// output: norm.mu = mu
// output: norm.log_var = logvar
// output: norm.recon[cort] = cort_recon
// output: norm.recon[subcort] = subcort_recon
// output: norm.recon[hcm] = hcm_recon
// output: norm.kld = kld_per_sample
// loss: norm = elbo
//
// run: all
// output: norm.expert_mean[cort] = /enc.cort.mu
// output: norm.expert_log_var[cort] = /enc.cort.logvar
// output: norm.expert_mean[subcort] = /enc.subcort.mu
// output: norm.expert_log_var[subcort] = /enc.subcort.logvar
// output: norm.expert_mean[hcm] = /enc.hcm.mu
// output: norm.expert_log_var[hcm] = /enc.hcm.logvar
// run: missing_hcm, without hcm
// run: missing_subcort, without subcort
// run: missing_cort, without cort
// run: only_cort, without subcort hcm
// run: only_subcort, without cort hcm
// run: sampled
// input: eps = eps
//
//| [names]
//| cort_encoder = "norm.GaussianEncoder[cort]"
//| subcort_encoder = "norm.GaussianEncoder[subcort]"
//| hcm_encoder = "norm.GaussianEncoder[hcm]"
//| cort_decoder = "norm.Decoder[cort]"
//| subcort_decoder = "norm.Decoder[subcort]"
//| hcm_decoder = "norm.Decoder[hcm]"
//| [inside]
//| fc1 = "Linear"
//| fc2 = "Linear_2"
//| fc5 = "Linear_3"
//| fc51 = "Linear_3"
//| fc52 = "Linear_4"

use std.encoders.{Decoder, GaussianEncoder}

modality cort: vector[10]? = given()
modality subcort: vector[7]? = given()
modality hcm: vector[9]? = given()
condition cond: vector[4] = given()
condition eps: vector[6] = given()
group parts = [cort, subcort, hcm]

model norm(parts, cond, eps) {
  let experts = for m in parts { GaussianEncoder(6)(m, cond) }
  let q = poe(prior, experts)
  let z = q.mean + eps * exp(q.log_var / 2)
  output posterior = q
  output mu = q.mean
  output log_var = q.log_var
  output kld = kl(q, prior)
  output expert_mean = for m in parts { experts[m].mean }
  output expert_log_var = for m in parts { experts[m].log_var }
  output recon = for m in parts { Decoder(size(m))(z, cond) |> sigmoid }
}
train norm {
  minimize squared_error(norm.recon[cort], cort)
    + 0.7 * squared_error(norm.recon[subcort], subcort)
    + 1.3 * squared_error(norm.recon[hcm], hcm)
    + 0.5 * kl(norm.posterior, prior)
}
