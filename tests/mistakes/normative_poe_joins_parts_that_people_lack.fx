/// The parts are joined before they are encoded, and hippocampal volumes are missing for some.
// edit: experiments/normative_poe.fx
// -   let q = experts(prior, for m in parts { GaussianEncoder(latent)(m, covariates) })  // skips what is missing
// +   let q = GaussianEncoder(latent)(concat(for m in parts { m }), covariates)
// error[E0501] "for m in parts { m }" `concat` cannot take a value that some people lack (those without `cortical`)
// hint: ?? zeros
