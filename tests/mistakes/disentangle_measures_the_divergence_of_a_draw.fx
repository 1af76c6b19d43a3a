/// A divergence is of a distribution, not of what is drawn from it.
// edit: experiments/disentangle.fx
// - + divergence * mean(for i in mri { batch_mean(kl(parts.posterior[i], prior)) })
// + + divergence * mean(for i in mri { batch_mean(kl(parts.z[i], prior)) })
// set: divergence=0.01
// error[E0403] "parts.z[i]" a Gaussian, normal[n], is needed here, and this is [16]
// hint: normal(mean:
