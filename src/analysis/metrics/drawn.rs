//! Metrics of drawn rows, as a bootstrap asks for them thousands of times: what is the same in every draw is found once.
//!
//! Predictions beside their truths come in, and then row numbers, each as often as its row is drawn; the metrics of
//! [`super::regression`] and [`super::roc`] go out, the same to the last digit.

use super::classification::check_probabilities;
use super::roc::roc_auc_one_vs_rest;
use crate::error::{AnalysisError, Result, check_paired, check_sample};
use ndarray::ArrayView2;

/// What becomes of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The mean of their magnitudes.
    Absolute,
    /// The mean of their squares.
    Squared,
    /// The root of that.
    RootOfSquared,
}

/// Several numbers of each row beside their truths.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnNumbers {
    width: usize,
    /// Row by row.
    truth: Vec<f64>,
    error: Vec<f64>,
}

/// Classes in the order of their probabilities, for areas under the curve of each class against the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnRanks {
    truth: Vec<usize>,
    /// By class: rows by rising probability.
    order: Vec<Vec<usize>>,
    /// By class and place in that order: whether the probability is that of the place before.
    equal: Vec<Vec<bool>>,
}

impl DrawnNumbers {
    /// Of `width` numbers a row, row by row.
    ///
    /// # Errors
    /// No numbers, lists of different length, or values that are not finite.
    pub fn new(truth: Vec<f64>, predicted: &[f64], width: usize) -> Result<Self> {
        check_sample("the truth", &truth)?;
        check_sample("the predictions", predicted)?;
        check_paired("the truth", &truth, "the predictions", predicted)?;
        let error = truth.iter().zip(predicted).map(|(t, p)| t - p).collect();
        Ok(Self { width, truth, error })
    }

    /// The mean error of each column.
    ///
    /// # Errors
    /// No rows.
    pub fn mean_errors(&self, kind: ErrorKind, rows: &[usize]) -> Result<Vec<f64>> {
        if rows.is_empty() {
            return Err(AnalysisError::Empty { what: "the truth" });
        }
        let mut means = match kind {
            ErrorKind::Absolute => self.sums(rows, &self.error, |_, e| e.abs()),
            ErrorKind::Squared | ErrorKind::RootOfSquared => self.sums(rows, &self.error, |_, e| e * e),
        };
        means.iter_mut().for_each(|sum| *sum /= rows.len() as f64);
        if kind == ErrorKind::RootOfSquared {
            means.iter_mut().for_each(|mean| *mean = mean.sqrt());
        }
        Ok(means)
    }

    /// The coefficient of determination of each column; an error where its truth does not vary.
    ///
    /// # Errors
    /// Fewer than two rows.
    pub fn r2(&self, rows: &[usize]) -> Result<Vec<Result<f64>>> {
        if rows.len() < 2 {
            let what = "the truth";
            return Err(match rows.len() {
                0 => AnalysisError::Empty { what },
                found => AnalysisError::TooFew { what, needed: 2, found },
            });
        }
        let residual = self.sums(rows, &self.error, |_, e| e * e);
        let mut mean = self.sums(rows, &self.truth, |_, t| t);
        mean.iter_mut().for_each(|sum| *sum /= rows.len() as f64);
        let total = self.sums(rows, &self.truth, |j, t| (t - mean[j]) * (t - mean[j]));
        let column = |j: usize| {
            let truth = |row: usize| self.truth[row * self.width + j];
            let value = truth(rows[0]);
            if rows.iter().all(|row| truth(*row) == value) {
                return Err(AnalysisError::Constant { what: "the truth", value });
            }
            Ok(1.0 - residual[j] / total[j])
        };
        Ok((0..self.width).map(column).collect())
    }

    /// The sum of a term of each column over rows.
    fn sums(&self, rows: &[usize], table: &[f64], term: impl Fn(usize, f64) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.width];
        for row in rows {
            for (j, (sum, value)) in sums.iter_mut().zip(&table[row * self.width..]).enumerate() {
                *sum += term(j, *value);
            }
        }
        sums
    }
}

impl DrawnRanks {
    /// Of `[rows, classes]` probabilities.
    ///
    /// # Errors
    /// As [`roc_auc_one_vs_rest`], but for classes without members, of which draws will tell.
    pub fn new(truth: &[usize], probabilities: ArrayView2<'_, f64>) -> Result<Self> {
        check_probabilities(truth, probabilities)?;
        match roc_auc_one_vs_rest(truth, probabilities) {
            Ok(_) | Err(AnalysisError::MissingClass { .. }) => {}
            Err(error) => return Err(error),
        }
        let sorted = |class: usize| {
            let p = probabilities.column(class);
            let mut order: Vec<usize> = (0..truth.len()).collect();
            order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
            let equal = (0..order.len()).map(|at| at > 0 && p[order[at]] == p[order[at - 1]]).collect();
            (order, equal)
        };
        let (order, equal) = (0..probabilities.ncols()).map(sorted).unzip();
        Ok(Self { truth: truth.to_vec(), order, equal })
    }

    /// The area of each class against all others; with two classes, that of class 1 for both.
    ///
    /// # Errors
    /// No rows, or a class without members (which one).
    pub fn areas(&self, rows: &[usize]) -> Result<Vec<f64>> {
        if rows.is_empty() {
            return Err(AnalysisError::Empty { what: "the true classes" });
        }
        let classes = self.order.len();
        let (mut drawn, mut members) = (vec![0_u32; self.truth.len()], vec![0_usize; classes]);
        for row in rows {
            drawn[*row] += 1;
            members[self.truth[*row]] += 1;
        }
        if let Some(class) = members.iter().position(|&n| n == 0) {
            return Err(AnalysisError::MissingClass { class });
        }
        let area = |class: usize| {
            // Pairs of a member and another that are in the right order, equal ones counting half: all whole or half
            // numbers, so that nothing is rounded.
            let (mut right, mut below, mut members_here, mut others_here) = (0.0, 0.0, 0.0, 0.0);
            for (row, equal) in self.order[class].iter().zip(&self.equal[class]) {
                if !equal {
                    right += members_here * (below + others_here / 2.0);
                    below += others_here;
                    (members_here, others_here) = (0.0, 0.0);
                }
                let times = f64::from(drawn[*row]);
                if self.truth[*row] == class {
                    members_here += times;
                } else {
                    others_here += times;
                }
            }
            right += members_here * (below + others_here / 2.0);
            right / (members[class] as f64 * (rows.len() - members[class]) as f64)
        };
        Ok(if classes == 2 { vec![area(1); 2] } else { (0..classes).map(area).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::regression::{mean_absolute_error, mean_squared_error, r2, root_mean_squared_error};
    use super::*;
    use ndarray::{Array2, Axis};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    fn draws(n: usize) -> Vec<Vec<usize>> {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        (0..20).map(|_| (0..n).map(|_| rng.random_range(0..n)).collect()).collect()
    }

    #[test]
    fn numbers_of_drawn_rows_are_those_of_the_rows_alone() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let (n, width) = (40, 3);
        let [truth, predicted]: [Array2<f64>; 2] =
            [1, 2].map(|_| Array2::from_shape_fn((n, width), |(_, j)| if j == 2 { 1.0 } else { rng.random() }));
        let flat = |table: &Array2<f64>| table.iter().copied().collect::<Vec<_>>();
        let drawn = DrawnNumbers::new(flat(&truth), &flat(&predicted), width).unwrap();
        for rows in draws(n) {
            let of = |table: &Array2<f64>, j: usize| table.column(j).select(Axis(0), &rows).to_vec();
            for (kind, metric) in [
                (ErrorKind::Absolute, mean_absolute_error as fn(&[f64], &[f64]) -> Result<f64>),
                (ErrorKind::Squared, mean_squared_error),
                (ErrorKind::RootOfSquared, root_mean_squared_error),
            ] {
                let found = drawn.mean_errors(kind, &rows).unwrap();
                (0..width).for_each(|j| assert_eq!(found[j], metric(&of(&truth, j), &of(&predicted, j)).unwrap()));
            }
            let found = drawn.r2(&rows).unwrap();
            (0..width).for_each(|j| assert_eq!(found[j], r2(&of(&truth, j), &of(&predicted, j))));
            assert!(matches!(found[2], Err(AnalysisError::Constant { .. })));
        }
        assert!(matches!(drawn.r2(&[1]), Err(AnalysisError::TooFew { .. })));
        assert!(matches!(drawn.mean_errors(ErrorKind::Squared, &[]), Err(AnalysisError::Empty { .. })));
        assert!(DrawnNumbers::new(vec![f64::NAN], &[1.0], 1).is_err());
    }

    #[test]
    fn areas_of_drawn_rows_are_those_of_the_rows_alone() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        for classes in [2, 3] {
            let truth: Vec<usize> = (0..30).map(|i| i % classes).collect();
            // Few different ones, so that many are equal.
            let mut p = Array2::from_shape_fn((30, classes), |_| f64::from(rng.random_range(1..5)));
            p.rows_mut().into_iter().for_each(|mut row| row /= row.sum());
            let drawn = DrawnRanks::new(&truth, p.view()).unwrap();
            for rows in draws(30).into_iter().chain([vec![0, 1], vec![2, 2]]) {
                let labels: Vec<usize> = rows.iter().map(|row| truth[*row]).collect();
                let alone = roc_auc_one_vs_rest(&labels, p.select(Axis(0), &rows).view());
                assert_eq!(drawn.areas(&rows), alone.map(|areas| areas.per_class));
            }
        }
        let p = ndarray::array![[0.2, 0.8], [0.5, 0.6]];
        assert!(matches!(DrawnRanks::new(&[0, 1], p.view()), Err(AnalysisError::NotProbabilities { .. })));
    }
}
