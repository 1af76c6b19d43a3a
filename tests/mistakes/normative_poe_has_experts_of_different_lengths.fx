/// A part has a latent space of its own size.
// edit: experiments/normative_poe.fx
// -   let q = experts(prior, for m in parts { GaussianEncoder(latent)(m, covariates) })  // skips what is missing
// +   let q = experts(prior, for m in parts { GaussianEncoder(size(m))(m, covariates) })
// error[E0302] "for m in parts { GaussianEncoder(size(m))(m, covariates) }" `poe`: expert 1 is normal[64], expert 2 is normal[35]: what is fused has one length
// hint: Linear(64)
