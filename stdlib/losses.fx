/// Losses made of others.

/// The evidence lower bound of a variational autoencoder with Gaussian likelihood of unit variance, negated:
/// squared error summed over features plus beta times the divergence from the prior (Kingma and Welling 2014;
/// Higgins et al. 2017 for beta).
loss elbo(recon, x, q, beta = 1.0) = squared_error(recon, x) + beta * batch_mean(kl(q, prior))

/// The importance-weighted bound of the mixture-of-experts multimodal autoencoder in its looser form, negated, one number a
/// person: the mean over modalities stands outside the logarithm (Shi et al. 2019, MMVAE, section 3.2; `m_iwae_looser` of their code).
///
/// `z[m][k]` is the k-th of `draws` draws from the expert `q[m]`, `recon[m][k][x]` what the decoder of modality `x` makes of it. Each
/// draw weighs `p(z) p(x | z) / q(z)`, where `q` is the mixture of the experts and the likelihood of each modality a Gaussian
/// around its reconstruction with standard deviation `spread`, but for a constant.
loss iwae(mods, q, z, recon, draws, spread = 1.0) = -mean(for m in mods {
  log_mean_exp(for k in 0..draws {
    log_density(z[m][k], prior)
      - sum(for x in mods { reduce_sum((x - recon[m][k][x]) ^ 2) }) / (2 * spread ^ 2)
      - log_mean_exp(
        for e in mods { log_density(z[m][k], q[e]) },
      )
  })
})
