/// The authors' example: 90 columns a part, 40 covariates, a latent space of 32.
use std.encoders.{Decoder, GaussianEncoder}
cohort healthy = table("healthy.csv")
modality cort: vector[90]? = healthy.columns(/^ctx_/)
modality subcort: vector[90]? = healthy.columns(/^sub_/)
modality hcm: vector[90]? = healthy.columns(/^hip_/)
condition cond: vector[40] = healthy.columns(/^site_/)
group parts = [cort, subcort, hcm]
model norm(parts, cond) {
  let z = poe(prior, for m in parts { GaussianEncoder(32)(m, cond) }) |> sample
  output recon = for m in parts { Decoder(size(m))(z, cond) }
}

// shape: norm.recon[hcm] = [90]
// parameters: norm = 68622
