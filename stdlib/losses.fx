/// Losses made of others.

/// The evidence lower bound of a variational autoencoder with Gaussian likelihood of unit variance, negated:
/// squared error summed over features plus beta times the divergence from the prior (Kingma and Welling 2014;
/// Higgins et al. 2017 for beta).
loss elbo(recon, x, q, beta = 1.0) = squared_error(recon, x) + beta * batch_mean(kl(q, prior))
