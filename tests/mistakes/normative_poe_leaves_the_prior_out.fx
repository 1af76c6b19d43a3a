/// Somebody may lack every part; then no expert is left.
// edit: experiments/normative_poe.fx
// -   let q = experts(prior, for m in parts { GaussianEncoder(latent)(m, covariates) })  // skips what is missing
// +   let q = experts(for m in parts { GaussianEncoder(latent)(m, covariates) })
// error[E0502] "experts(for m in parts { GaussianEncoder(latent)(m, covariates) })" all experts may be absent at once: `cortical` and `subcortical` and `hippocampal`
// hint: poe(prior, ..)
