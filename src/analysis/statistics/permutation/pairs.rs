//! Permutation tests of correlations: how often shuffled pairs go together as closely, many samples at once.
//!
//! Samples of the same people and another number of each person come in; a p a sample goes out. Means and lengths stay
//! what they are under a shuffle, so that all that is left of Pearson's correlation is a product with what was shuffled.

use super::super::Alternative;
use super::{Hits, PermutationTest, Permutations};
use crate::error::{Checkpoint, Result, check_paired, check_size};
use crate::metrics::regression::{pearson, scaled_deviations};
use pulp::{Arch, Simd, WithSimd};
use rand::seq::SliceRandom;
use rayon::prelude::*;

/// Draws that a thread takes at once.
const BLOCK: usize = 64;

/// The products of every sample with shuffled numbers, compiled for every width of vectors; the loops are plain ones.
struct Products<'a> {
    /// People by samples.
    rows: &'a [f64],
    shuffled: &'a [f64],
    products: &'a mut [f64],
}

/// Whether samples correlate with `other`, by shuffling who has which number of it: the fraction of shuffles, the pairs as they
/// are among them, with a Pearson correlation at least as large in magnitude. `other[i]` belongs to value `i` of every sample.
///
/// Shuffles are those of [`super::permutation_of_labels`], the same for every sample. `checkpoint` is asked now and then whether to
/// go on. A sample that cannot be tested has an error of its own, that of [`pearson`].
///
/// # Errors
/// Fewer than two numbers, no draws, samples of another length, and what `checkpoint` returns.
pub fn permutation_of_pairs(
    samples: &[Vec<f64>],
    other: &[f64],
    permutations: Permutations,
    checkpoint: Checkpoint<'_>,
) -> Result<Vec<Result<PermutationTest>>> {
    check_size("the list of pairs", other, 2)?;
    samples.iter().try_for_each(|sample| check_paired("the values", sample, "the other values", other))?;
    let draws = permutations.checked()?;
    let observed: Vec<Result<f64>> = samples.iter().map(|sample| Ok(pearson(sample, other)?.r.abs())).collect();
    let tested: Vec<(&Vec<f64>, f64)> =
        samples.iter().zip(&observed).filter_map(|(s, o)| Some((s, *o.as_ref().ok()?))).collect();

    let width = tested.len();
    let mut rows = vec![0.0; other.len() * width];
    for (at, (sample, _)) in tested.iter().enumerate() {
        rows.iter_mut().skip(at).step_by(width).zip(direction(sample)).for_each(|(to, from)| *to = from);
    }
    let other = direction(other);
    let block = |block: usize| -> Result<Vec<Hits>> {
        checkpoint()?;
        let (mut hits, mut products) = (vec![Hits::default(); width], vec![0.0; width]);
        let mut shuffled = other.clone();
        for draw in block * BLOCK..((block + 1) * BLOCK).min(draws) {
            shuffled.copy_from_slice(&other);
            shuffled.shuffle(&mut permutations.stream(draw));
            Arch::new().dispatch(Products { rows: &rows, shuffled: &shuffled, products: &mut products });
            for ((hits, product), (_, observed)) in hits.iter_mut().zip(&products).zip(&tested) {
                hits.add(product.abs(), *observed, 1e-14 * observed);
            }
        }
        Ok(hits)
    };
    let add = |mut all: Vec<Hits>, block: Vec<Hits>| {
        all.iter_mut().zip(block).for_each(|(all, block)| *all = all.and(block));
        all
    };
    let nothing = || vec![Hits::default(); width];
    let blocks = (0..draws.div_ceil(BLOCK)).into_par_iter().map(block);
    let mut hits = blocks.try_reduce(nothing, |all, block| Ok(add(all, block)))?.into_iter();
    let finished = observed.into_iter().map(|observed| {
        let observed = observed?;
        Ok(hits.next().unwrap_or_default().into_test(observed, draws, false, Alternative::Greater))
    });
    Ok(finished.collect())
}

/// A sample with a mean of 0 and a length of 1.
fn direction(sample: &[f64]) -> Vec<f64> {
    let deviations = scaled_deviations(sample);
    let length = deviations.iter().map(|v| v * v).sum::<f64>().sqrt();
    deviations.iter().map(|v| v / length).collect()
}

impl WithSimd for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.products.fill(0.0);
        let width = self.products.len();
        for (row, &number) in self.rows.chunks_exact(width.max(1)).zip(self.shuffled) {
            for (product, value) in self.products.iter_mut().zip(row) {
                *product += number * value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::permutation_of_labels;
    use super::*;
    use crate::error::AnalysisError;

    #[test]
    fn many_samples_at_once_are_each_as_by_itself() {
        let other: Vec<f64> = (0..50).map(|i| f64::from(i * 17 % 31)).collect();
        let sample = |step: i32| (0..50).map(|i| f64::from(i * step % 29) + 0.2 * other[i as usize]).collect();
        let samples: Vec<Vec<f64>> = [3, 5, 7, 11].map(sample).to_vec();
        let how = Permutations { draws: 1000, seed: 4 };
        let together = permutation_of_pairs(&samples, &other, how, &|| Ok(())).unwrap();
        let places: Vec<usize> = (0..50).collect();
        for (sample, found) in samples.iter().zip(together) {
            let alone = permutation_of_labels(&places, Alternative::Greater, how, |places| {
                let shuffled: Vec<f64> = places.iter().map(|at| other[*at]).collect();
                Ok(pearson(sample, &shuffled)?.r.abs())
            });
            assert_eq!(found.unwrap().p_value, alone.unwrap().p_value);
        }
        let found = permutation_of_pairs(&[samples[0].clone(), vec![1.0; 50]], &other, how, &|| Ok(())).unwrap();
        assert!(found[0].is_ok() && matches!(found[1], Err(AnalysisError::Constant { .. })));
        assert!(permutation_of_pairs(&samples, &other[1..], how, &|| Ok(())).is_err());
    }
}
