//! Diagonal Gaussians: how far apart two are, and how probable a value is.
//!
//! Means and log variances come in (natural logarithms, one a dimension, of one subject), one number a dimension goes
//! out, in nats; sums over dimensions are the caller's. These are the closed forms of `torch.distributions` and
//! `torch.nn.GaussianNLLLoss`, to check and to report what a model was trained with.

use crate::error::{Result, check_paired, check_sample};

/// Variances below this are taken to be this, as in `GaussianNLLLoss`.
const LEAST_VARIANCE: f64 = 1e-6;

/// A Gaussian whose dimensions are independent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiagonalGaussian<'a> {
    mean: &'a [f64],
    log_variance: &'a [f64],
}

impl<'a> DiagonalGaussian<'a> {
    /// A Gaussian of these means and log variances.
    ///
    /// # Errors
    /// No dimension, lists of different length, or values that are not finite.
    pub fn new(mean: &'a [f64], log_variance: &'a [f64]) -> Result<Self> {
        check_sample("the means", mean)?;
        check_sample("the log variances", log_variance)?;
        check_paired("the means", mean, "the log variances", log_variance)?;
        Ok(Self { mean, log_variance })
    }

    /// The Kullback-Leibler divergence from the standard normal.
    pub fn kl_from_standard(&self) -> Vec<f64> {
        self.dimensions().map(|(mean, log)| 0.5 * (log.exp() + mean * mean - 1.0 - log)).collect()
    }

    /// The Kullback-Leibler divergence from `other`, `KL(self || other)`.
    ///
    /// # Errors
    /// Another number of dimensions.
    pub fn kl_from(&self, other: &DiagonalGaussian<'_>) -> Result<Vec<f64>> {
        check_paired("the first Gaussian", self.mean, "the second Gaussian", other.mean)?;
        let kl = |((m1, l1), (m2, l2)): ((f64, f64), (f64, f64))| {
            0.5 * (l2 - l1 + (l1 - l2).exp() + (m1 - m2).powi(2) * (-l2).exp() - 1.0)
        };
        Ok(self.dimensions().zip(other.dimensions()).map(kl).collect())
    }

    /// The logarithm of the density at `x`.
    ///
    /// # Errors
    /// Another number of dimensions, or values that are not finite.
    pub fn log_density(&self, x: &[f64]) -> Result<Vec<f64>> {
        self.check(x)?;
        let density = |(&x, (mean, log)): (&f64, (f64, f64))| {
            -0.5 * (log + (x - mean).powi(2) * (-log).exp() + (2.0 * std::f64::consts::PI).ln())
        };
        Ok(x.iter().zip(self.dimensions()).map(density).collect())
    }

    /// The Gaussian loss `(log v + (x - mean)^2 / v) / 2` with `v` at least 1e-6, without its constant term.
    ///
    /// # Errors
    /// As [`DiagonalGaussian::log_density`].
    pub fn negative_log_likelihood(&self, x: &[f64]) -> Result<Vec<f64>> {
        self.check(x)?;
        let loss = |(&x, (mean, log)): (&f64, (f64, f64))| {
            let variance = log.exp().max(LEAST_VARIANCE);
            0.5 * (variance.ln() + (x - mean).powi(2) / variance)
        };
        Ok(x.iter().zip(self.dimensions()).map(loss).collect())
    }

    fn dimensions(&self) -> impl Iterator<Item = (f64, f64)> {
        self.mean.iter().copied().zip(self.log_variance.iter().copied())
    }

    fn check(&self, x: &[f64]) -> Result<()> {
        check_sample("the values", x)?;
        check_paired("the values", x, "the means", self.mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fascicle_reference::{assert_all_close, assert_close, flat, number, numbers, stats};

    #[test]
    fn divergences_and_densities_are_torchs() {
        let Some(golden) = stats("gaussians") else {
            return;
        };
        let list = |key: &str| flat(&golden[key]);
        let (mean, log, x) = (list("mu"), list("logvar"), list("x"));
        let (mean2, log2) = (list("mu2"), list("logvar2"));
        let first = DiagonalGaussian::new(&mean, &log).unwrap();
        let second = DiagonalGaussian::new(&mean2, &log2).unwrap();
        assert_all_close(&first.kl_from_standard(), &list("kl_standard_per_dim"), 1e-12);
        let sums: Vec<f64> = first.kl_from_standard().chunks(5).map(|dims| dims.iter().sum()).collect();
        assert_all_close(&sums, &numbers(&golden["kl_standard_per_sample"]), 1e-12);
        assert_all_close(&first.kl_from(&second).unwrap(), &list("kl_between_per_dim"), 1e-12);
        assert_all_close(&first.log_density(&x).unwrap(), &list("normal_log_prob"), 1e-12);
        let loss = first.negative_log_likelihood(&x).unwrap();
        assert_all_close(&loss, &list("gaussian_nll_none"), 1e-12);
        assert_close(loss.iter().sum::<f64>() / 20.0, number(&golden["gaussian_nll_mean"]), 1e-12);
        let certain = [-100.0; 20];
        let loss = DiagonalGaussian::new(&mean, &certain).unwrap().negative_log_likelihood(&x).unwrap();
        assert_all_close(&loss, &list("gaussian_nll_clamped_var"), 1e-12);
    }

    #[test]
    fn lists_of_different_length_are_refused() {
        assert!(DiagonalGaussian::new(&[0.0], &[0.0, 1.0]).is_err());
        let standard = DiagonalGaussian::new(&[0.0], &[0.0]).unwrap();
        assert!(standard.log_density(&[1.0, 2.0]).is_err());
        assert_eq!(standard.kl_from_standard(), [0.0]);
    }
}
