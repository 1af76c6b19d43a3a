/// The classifier is given the posterior of MMVAE, where it reads a code.
// edit: experiments/contrastive.fx
// - output logits = for m in mods { z[m] |> Linear(2, std: (2 / (latent + 2)) ^ 0.5, bias_init: zeros) }
// + output logits = for m in mods { q[m] |> Linear(2) }
// set: supervise=1
// error[E0401] "q[m]" Gaussian
// hint: sample
