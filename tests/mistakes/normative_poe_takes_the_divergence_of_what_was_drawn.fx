/// The divergence is one of the posterior, not of a draw from it.
// edit: experiments/normative_poe.fx
// -   output posterior = q
// +   output posterior = z
// error[E0403] "norm.posterior" `kl`: a Gaussian, normal[n], is needed here, and this is [10]
// hint: normal(mean:
