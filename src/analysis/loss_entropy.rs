//! How much a loss depends on each layer: the entropy of the losses that random weights of the layer give.
//!
//! The losses of every layer come in, one a draw; out goes the entropy of their histogram, on bins that all layers
//! share. A layer whose weights hardly matter gives the same loss again and again, so its entropy is near 0 bits; one
//! that can carry the loss anywhere has up to `log2(bins)`. So Duenias et al. choose the layers of HyperFusion that the
//! table conditions (`hyper_layer_picking.py` of the authors' repository at commit 9f46d98: `numpy.histogram` with 30
//! bins from the smallest to the largest loss of all layers, `scipy.stats.entropy` to base 2).

use super::error::{AnalysisError, Result, check_sample};

/// The authors' number of bins.
pub const BINS: usize = 30;

/// The entropy of each layer's losses, in bits: `-sum p log2 p` over `bins` bins of equal width between the smallest
/// and the largest loss of all layers, the last one closed. Where all losses are the same, 0.
///
/// # Errors
/// No layer, no bin, a layer without losses, or a loss that is not finite.
pub fn loss_entropies(losses: &[Vec<f64>], bins: usize) -> Result<Vec<f64>> {
    if losses.is_empty() {
        return Err(AnalysisError::Empty { what: "the list of layers" });
    }
    if bins == 0 {
        return Err(AnalysisError::Empty { what: "the histogram" });
    }
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for of_layer in losses {
        check_sample("the losses", of_layer)?;
        (low, high) = of_layer.iter().fold((low, high), |(low, high), v| (low.min(*v), high.max(*v)));
    }
    Ok(losses.iter().map(|of_layer| entropy(&histogram(of_layer, low, high, bins), of_layer.len())).collect())
}

fn histogram(values: &[f64], low: f64, high: f64, bins: usize) -> Vec<usize> {
    let mut counts = vec![0; bins];
    let width = high - low;
    for value in values {
        let place = if width > 0.0 { (value - low) / width * bins as f64 } else { 0.0 };
        counts[(place as usize).min(bins - 1)] += 1;
    }
    counts
}

fn entropy(counts: &[usize], n: usize) -> f64 {
    let shares = counts.iter().filter(|count| **count > 0).map(|count| *count as f64 / n as f64);
    // A single full bin would give -0.
    shares.map(|p| p * (1.0 / p).log2()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_spread_over_all_bins_have_all_the_bits_and_a_constant_has_none() {
        let spread: Vec<f64> = (0..64).map(f64::from).collect();
        let entropies = loss_entropies(&[spread, vec![63.0; 64], vec![0.0, 63.0]], 16).unwrap();
        assert!((entropies[0] - 4.0).abs() < 1e-12 && (entropies[2] - 1.0).abs() < 1e-12, "{entropies:?}");
        assert_eq!(entropies[1], 0.0);
        assert_eq!(loss_entropies(&[vec![2.0; 5]], BINS).unwrap(), [0.0]);
    }

    #[test]
    fn bins_are_those_of_all_layers_together() {
        // By itself the first layer would fill two bins; beside the second it is all in one.
        let alone = loss_entropies(&[vec![0.0, 1.0]], 2).unwrap();
        let beside = loss_entropies(&[vec![0.0, 1.0], vec![0.0, 100.0]], 2).unwrap();
        assert_eq!((alone[0], beside[0], beside[1]), (1.0, 0.0, 1.0));
    }

    #[test]
    fn squares_of_uniform_numbers_have_the_entropy_of_their_distribution() {
        // w^2 with w uniform in 0..1 is in the k-th of 30 bins with probability sqrt((k+1)/30) - sqrt(k/30).
        let expected: f64 = (0..30)
            .map(|k| ((f64::from(k) + 1.0) / 30.0).sqrt() - (f64::from(k) / 30.0).sqrt())
            .map(|p| -p * p.log2())
            .sum();
        let n = 200_000;
        let squares: Vec<f64> = (0..=n).map(|i| (f64::from(i) / f64::from(n)).powi(2)).collect();
        let found = loss_entropies(&[squares], BINS).unwrap()[0];
        assert!((found - expected).abs() < 1e-3, "{found} and {expected}");
    }

    #[test]
    fn losses_that_are_not_finite_are_refused() {
        assert!(matches!(loss_entropies(&[vec![1.0, f64::NAN]], 30), Err(AnalysisError::NotFinite { .. })));
        assert!(loss_entropies(&[], 30).is_err() && loss_entropies(&[vec![1.0]], 0).is_err());
    }
}
