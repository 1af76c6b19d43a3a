//! Intervals around a score by the bootstrap, and the spread of a score over folds.
//!
//! A statistic of chosen rows comes in with a seed; its percentile interval goes out. Subjects are drawn, not rows:
//! two scans of one person are drawn together or not at all. Each draw has its own stream of one ChaCha8 generator,
//! so the interval depends on the seed and not on the number of processors.

use super::error::{AnalysisError, Result, check_sample, check_size};
use super::statistics::moments::{mean, variance};
use indexmap::IndexMap;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How an interval is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// The number of draws.
    pub draws: usize,
    /// The probability the interval is to cover, between 0 and 1.
    pub level: f64,
    /// The seed of the generator.
    pub seed: u64,
}

/// A score with its percentile interval (Efron and Tibshirani 1993, chapter 13).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The statistic of the data as they are.
    pub estimate: f64,
    /// The lower end: the `(1 - level) / 2` quantile of the draws.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The draws the ends are quantiles of.
    pub draws: usize,
    /// Draws in which the statistic has no value (a class nobody drawn belongs to, say); they are left out.
    pub undefined: usize,
}

/// A mean over folds, seeds or repeats and how far they spread.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The sample standard deviation (`n - 1`); absent for a single value.
    pub sd: Option<f64>,
    /// The number of values.
    pub n: usize,
}

impl Bootstrap {
    /// 2,000 draws and 95 %.
    pub fn with_seed(seed: u64) -> Self {
        Self { draws: 2000, level: 0.95, seed }
    }

    /// The interval of `statistic` over subjects.
    ///
    /// `subjects[row]` is the number of the subject a row belongs to (any numbers; equal ones go together).
    /// `statistic` is called with the row numbers of a draw, in which a subject's rows occur as often as the subject
    /// was drawn, and with all rows for the estimate.
    ///
    /// # Errors
    /// Fewer than two subjects, no draws, a level outside 0..1, a statistic that is undefined for the data as they
    /// are, or one that is undefined in more than half of the draws (the error of the first such draw).
    pub fn interval<F>(&self, subjects: &[usize], statistic: F) -> Result<Interval>
    where
        F: Fn(&[usize]) -> Result<f64> + Sync,
    {
        self.check()?;
        let mut rows_of = IndexMap::<usize, Vec<usize>>::new();
        for (row, &subject) in subjects.iter().enumerate() {
            rows_of.entry(subject).or_default().push(row);
        }
        let rows_of: Vec<Vec<usize>> = rows_of.into_values().collect();
        check_size("the list of subjects", &rows_of, 2)?;

        let all: Vec<usize> = (0..subjects.len()).collect();
        let finite = |value: f64| check_sample("the statistic", &[value]).map(|()| value);
        let estimate = finite(statistic(&all)?)?;
        let draw = |draw: usize| {
            let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
            rng.set_stream(draw as u64);
            let mut rows = Vec::with_capacity(subjects.len());
            for _ in 0..rows_of.len() {
                rows.extend_from_slice(&rows_of[rng.random_range(0..rows_of.len())]);
            }
            finite(statistic(&rows)?)
        };
        let outcomes: Vec<Result<f64>> = (0..self.draws).into_par_iter().map(draw).collect();

        let mut values: Vec<f64> = outcomes.iter().filter_map(|o| o.as_ref().ok().copied()).collect();
        let undefined = self.draws - values.len();
        if 2 * undefined > self.draws
            && let Some(error) = outcomes.into_iter().find_map(std::result::Result::err)
        {
            return Err(error);
        }
        values.sort_by(f64::total_cmp);
        let tail = (1.0 - self.level) / 2.0;
        Ok(Interval {
            estimate,
            low: quantile_of_sorted(&values, tail),
            high: quantile_of_sorted(&values, 1.0 - tail),
            draws: values.len(),
            undefined,
        })
    }

    fn check(&self) -> Result<()> {
        if self.draws == 0 {
            return Err(setting("the number of bootstrap draws", self.draws, "at least 1"));
        }
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(setting("the level of the interval", self.level, "a number between 0 and 1, such as 0.95"));
        }
        Ok(())
    }
}

/// The mean and standard deviation of scores over folds.
///
/// # Errors
/// No scores, or one that is not finite.
pub fn spread(scores: &[f64]) -> Result<Spread> {
    check_sample("the list of scores", scores)?;
    let sd = (scores.len() > 1).then(|| variance(scores).sqrt());
    Ok(Spread { mean: mean(scores), sd, n: scores.len() })
}

/// The `q` quantile (0 to 1) of a sample, linear between neighbours (numpy's and R's default).
///
/// # Errors
/// An empty sample, values that are not finite, or a `q` outside 0..=1.
pub fn quantile(sample: &[f64], q: f64) -> Result<f64> {
    check_sample("the sample", sample)?;
    if !(0.0..=1.0).contains(&q) {
        return Err(setting("the quantile", q, "a number from 0 to 1"));
    }
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    Ok(quantile_of_sorted(&sorted, q))
}

/// Where `value` lies in a sample: the share of the sample below it, equal ones counting half (scipy's
/// `percentileofscore(kind="mean")` as a share).
///
/// # Errors
/// An empty sample, or values that are not finite.
pub fn share_below(sample: &[f64], value: f64) -> Result<f64> {
    check_sample("the sample", sample)?;
    check_sample("the value", &[value])?;
    let below = sample.iter().filter(|v| **v < value).count() as f64;
    let equal = sample.iter().filter(|v| **v == value).count() as f64;
    Ok((below + 0.5 * equal) / sample.len() as f64)
}

pub(crate) fn quantile_of_sorted(sorted: &[f64], q: f64) -> f64 {
    let place = q * (sorted.len() - 1) as f64;
    let (below, share) = (place.floor() as usize, place.fract());
    match sorted.get(below + 1) {
        Some(&above) => sorted[below] + share * (above - sorted[below]),
        None => sorted[sorted.len() - 1],
    }
}

fn setting(setting: &'static str, found: impl ToString, expected: &'static str) -> AnalysisError {
    AnalysisError::Setting { setting, found: found.to_string(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::roc::roc_auc;
    use fascicle_reference::assert_close;
    use rand::RngExt;

    /// Sums of twelve uniform numbers: close enough to normal, with mean 0 and variance 1.
    fn sample(n: usize) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        (0..n).map(|_| (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0).collect()
    }

    fn mean_of(values: &[f64]) -> impl Fn(&[usize]) -> Result<f64> + Sync {
        |rows| Ok(rows.iter().map(|&r| values[r]).sum::<f64>() / rows.len() as f64)
    }

    #[test]
    fn the_share_below_a_value_counts_equal_ones_half() {
        // scipy 1.17: percentileofscore([1, 2, 2, 3, 5], 2, kind="mean") is 40, of 4 it is 80.
        for (value, share) in [(2.0, 0.4), (4.0, 0.8), (0.0, 0.0), (9.0, 1.0)] {
            assert_close(share_below(&[1.0, 2.0, 2.0, 3.0, 5.0], value).unwrap(), share, 1e-12);
        }
        assert!(share_below(&[], 1.0).is_err() && share_below(&[1.0], f64::NAN).is_err());
    }

    #[test]
    fn the_interval_of_a_mean_is_as_wide_as_theory_says() {
        let values = sample(200);
        let subjects: Vec<usize> = (0..200).collect();
        let found = Bootstrap::with_seed(1).interval(&subjects, mean_of(&values)).unwrap();
        let error = spread(&values).unwrap().sd.unwrap() / 200_f64.sqrt();
        assert!(((found.high - found.low) / (2.0 * 1.96 * error) - 1.0).abs() < 0.08, "{found:?}");
        assert!(found.low < found.estimate && found.estimate < found.high);
        assert_eq!((found.draws, found.undefined), (2000, 0));
    }

    #[test]
    fn the_seed_alone_decides() {
        let values = sample(50);
        let subjects: Vec<usize> = (0..50).collect();
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let run = |seed| Bootstrap::with_seed(seed).interval(&subjects, mean_of(&values)).unwrap();
        assert_eq!(run(1), one_thread.install(|| run(1)));
        assert_ne!(run(1), run(2));
    }

    #[test]
    fn scans_of_one_person_are_drawn_together() {
        // Every person has four equal scans: drawing scans would halve the interval.
        let people = sample(40);
        let values: Vec<f64> = people.iter().flat_map(|&v| [v; 4]).collect();
        let subjects: Vec<usize> = (0..160).map(|row| 1000 - row / 4).collect();
        let by_person = Bootstrap::with_seed(3).interval(&subjects, mean_of(&values)).unwrap();
        let one_scan = Bootstrap::with_seed(3).interval(&(0..40).collect::<Vec<_>>(), mean_of(&people)).unwrap();
        assert_close(by_person.low, one_scan.low, 1e-9);
        assert_close(by_person.high, one_scan.high, 1e-9);
    }

    #[test]
    fn draws_without_a_class_are_left_out_and_counted() {
        let member = [true, true, false, false, false, false];
        let scores = [0.9, 0.4, 0.5, 0.3, 0.2, 0.1];
        let auc = |rows: &[usize]| {
            let pick = |r: &usize| (member[*r], scores[*r]);
            let (m, s): (Vec<bool>, Vec<f64>) = rows.iter().map(pick).unzip();
            roc_auc(&m, &s)
        };
        let found = Bootstrap::with_seed(1).interval(&[0, 1, 2, 3, 4, 5], auc).unwrap();
        // (4/6)^6 + (2/6)^6 of the draws have one class only: 8.9 %.
        assert!((150..210).contains(&found.undefined), "{found:?}");
        assert_eq!(found.draws + found.undefined, 2000);
        assert_close(found.estimate, 0.875, 1e-12);
    }

    #[test]
    fn a_statistic_that_is_mostly_undefined_is_an_error() {
        let undefined = |rows: &[usize]| match rows {
            [0, 1, 2] => Ok(1.0),
            _ => Err(AnalysisError::MissingClass { class: 1 }),
        };
        let found = Bootstrap::with_seed(1).interval(&[0, 1, 2], undefined);
        assert_eq!(found, Err(AnalysisError::MissingClass { class: 1 }));
        let level = Bootstrap { level: 95.0, ..Bootstrap::with_seed(1) };
        assert!(matches!(level.interval(&[0, 1], |_| Ok(1.0)), Err(AnalysisError::Setting { .. })));
    }

    #[test]
    fn quantiles_are_numpys() {
        let sample = [3.0, 1.0, 2.0, 5.0, 9.0];
        assert_close(quantile(&sample, 0.025).unwrap(), 1.1, 1e-12);
        assert_close(quantile(&sample, 0.975).unwrap(), 8.6, 1e-12);
        assert_eq!(quantile(&sample, 1.0).unwrap(), 9.0);
        assert!(quantile(&sample, 1.5).is_err());
    }

    #[test]
    fn one_fold_has_a_mean_but_no_spread() {
        assert_eq!(spread(&[0.8]).unwrap(), Spread { mean: 0.8, sd: None, n: 1 });
        assert_close(spread(&[1.0, 2.0, 4.0]).unwrap().sd.unwrap(), (7.0_f64 / 3.0).sqrt(), 1e-12);
    }
}
