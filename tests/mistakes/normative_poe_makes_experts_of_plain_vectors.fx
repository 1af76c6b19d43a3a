/// The encoders give numbers, not distributions.
// edit: experiments/normative_poe.fx
// -   let q = experts(prior, for m in parts { GaussianEncoder(latent)(m, covariates) })  // skips what is missing
// +   let q = experts(prior, for m in parts { m |> Linear(latent) })
// error[E0403] "for m in parts { m |> Linear(latent) }" a Gaussian, normal[n], is needed here, and this is [10]
// hint: normal(mean:
