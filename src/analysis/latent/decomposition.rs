//! The singular value decomposition, on which factors and similarities rest.
//!
//! A table comes in, `U`, the singular values and `V'` go out. It is the one-sided Jacobi method of Hestenes (1958):
//! columns are turned against one another, two at a time, until all are at right angles. It is short, finds small
//! singular values to full relative accuracy, and always runs in the same order. Its time grows with rows times
//! columns squared: a table of 1,000 subjects and 200 columns takes about a second.

use crate::error::{AnalysisError, Result, check_array};
use ndarray::{Array2, ArrayView2};

/// More sweeps than any table needs: convergence is quadratic and takes about ten.
const SWEEPS: usize = 60;

/// `A = U diag(s) V'`, with as many singular values as the shorter side of `A`.
#[derive(Debug, Clone)]
pub(crate) struct Svd {
    /// `[rows, k]`: orthonormal columns; those of singular values of 0 are 0.
    pub u: Array2<f64>,
    /// The singular values, the largest first.
    pub s: Vec<f64>,
    /// `[k, columns]`: orthonormal rows; those of singular values of 0 may be 0.
    pub vt: Array2<f64>,
}

impl Svd {
    /// Decomposes a table of finite numbers.
    pub fn of(table: ArrayView2<'_, f64>) -> Result<Self> {
        check_array("the table", &table)?;
        if table.nrows() < table.ncols() {
            let Self { u, s, vt } = Self::of(table.t())?;
            return Ok(Self { u: vt.reversed_axes(), s, vt: u.reversed_axes() });
        }
        let columns = table.ncols();
        let mut a: Vec<Vec<f64>> = table.columns().into_iter().map(|c| c.to_vec()).collect();
        let mut v: Vec<Vec<f64>> =
            (0..columns).map(|j| (0..columns).map(|i| f64::from(u8::from(i == j))).collect()).collect();
        let rounding = table.nrows() as f64 * f64::EPSILON;
        if !(0..SWEEPS).any(|_| !sweep(&mut a, &mut v, rounding)) {
            return Err(AnalysisError::NotConverged { what: "the singular value decomposition", iterations: SWEEPS });
        }

        let norms: Vec<f64> = a.iter().map(|column| dot(column, column).sqrt()).collect();
        let mut order: Vec<usize> = (0..columns).collect();
        order.sort_by(|&i, &j| norms[j].total_cmp(&norms[i]));
        let mut u = Array2::zeros((table.nrows(), columns));
        let mut vt = Array2::zeros((columns, columns));
        for (k, &j) in order.iter().enumerate() {
            if norms[j] > 0.0 {
                u.column_mut(k).iter_mut().zip(&a[j]).for_each(|(u, a)| *u = a / norms[j]);
            }
            vt.row_mut(k).iter_mut().zip(&v[j]).for_each(|(to, from)| *to = *from);
        }
        Ok(Self { u, s: order.iter().map(|&j| norms[j]).collect(), vt })
    }

    /// How many singular values are not zero up to rounding (numpy's `matrix_rank`).
    pub fn rank(&self) -> usize {
        let longest = self.u.nrows().max(self.vt.ncols()) as f64;
        let least = self.s.first().map_or(0.0, |s| s * longest * f64::EPSILON);
        self.s.iter().take_while(|&&s| s > least).count()
    }
}

/// Turns every pair of columns to a right angle once; says whether any needed it.
///
/// `rounding` is the relative error of a sum as long as a column. A column that much shorter than the longest is zero
/// but for rounding, and is let be: its direction means nothing and would never settle.
fn sweep(a: &mut [Vec<f64>], v: &mut [Vec<f64>], rounding: f64) -> bool {
    let longest = a.iter().map(|column| dot(column, column)).fold(0.0, f64::max);
    let negligible = longest * rounding * rounding;
    let mut turned = false;
    for j in 1..a.len() {
        for i in 0..j {
            let (alpha, beta, gamma) = (dot(&a[i], &a[i]), dot(&a[j], &a[j]), dot(&a[i], &a[j]));
            if alpha.min(beta) <= negligible || gamma.abs() <= rounding * (alpha * beta).sqrt() {
                continue;
            }
            turned = true;
            let zeta = (beta - alpha) / (2.0 * gamma);
            let tangent = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
            let cosine = 1.0 / tangent.hypot(1.0);
            let sine = cosine * tangent;
            rotate(a, i, j, cosine, sine);
            rotate(v, i, j, cosine, sine);
        }
    }
    turned
}

fn rotate(columns: &mut [Vec<f64>], i: usize, j: usize, cosine: f64, sine: f64) {
    let (left, right) = columns.split_at_mut(j);
    for (x, y) in left[i].iter_mut().zip(&mut right[0]) {
        (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
    }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum()
}

/// The table less the mean of each column, and those means.
pub(crate) fn centred(table: ArrayView2<'_, f64>) -> (Array2<f64>, Vec<f64>) {
    let means: Vec<f64> = table.columns().into_iter().map(|c| c.sum() / c.len() as f64).collect();
    let mut centred = table.to_owned();
    for (mut column, mean) in centred.columns_mut().into_iter().zip(&means) {
        column.mapv_inplace(|v| v - mean);
    }
    (centred, means)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Axis, array};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    fn rebuilt(svd: &Svd) -> Array2<f64> {
        let s = ndarray::Array1::from(svd.s.clone());
        (&svd.u * &s.insert_axis(Axis(0))).dot(&svd.vt)
    }

    fn largest(table: &Array2<f64>) -> f64 {
        table.iter().fold(0.0, |m, v| m.max(v.abs()))
    }

    #[test]
    fn a_table_is_rebuilt_from_its_parts() {
        let tall = Array2::from_shape_fn((17, 6), |(i, j)| ((i * 31 + j * 17) % 23) as f64 - 9.0);
        for table in [tall.clone(), tall.reversed_axes()] {
            let svd = Svd::of(table.view()).unwrap();
            assert_eq!(svd.rank(), 6);
            assert!(svd.s.is_sorted_by(|a, b| a >= b));
            assert!(largest(&(rebuilt(&svd) - &table)) < 1e-12);
            assert!(largest(&(svd.u.t().dot(&svd.u) - Array2::<f64>::eye(6))) < 1e-13);
            assert!(largest(&(svd.vt.dot(&svd.vt.t()) - Array2::<f64>::eye(6))) < 1e-13);
        }
    }

    #[test]
    fn repeated_columns_lower_the_rank() {
        let table = array![[1.0, 2.0, 1.0], [3.0, 1.0, 3.0], [0.0, 4.0, 0.0], [2.0, 2.0, 2.0]];
        let svd = Svd::of(table.view()).unwrap();
        assert_eq!(svd.rank(), 2);
        assert!(largest(&(rebuilt(&svd) - &table)) < 1e-13);
        assert_eq!(Svd::of(Array2::zeros((3, 2)).view()).unwrap().rank(), 0);
    }

    #[test]
    fn long_tables_and_columns_that_are_sums_of_others_settle() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let long = Array2::from_shape_fn((3000, 4), |_| rng.random_range(-1.0..1.0));
        assert_eq!(Svd::of(long.view()).unwrap().rank(), 4);
        let few = Array2::from_shape_fn((200, 15), |_| rng.random_range(-1.0..1.0));
        let mix = Array2::from_shape_fn((15, 40), |_| rng.random_range(-1.0..1.0));
        let table = few.dot(&mix) * 1e6;
        let svd = Svd::of(table.view()).unwrap();
        assert_eq!(svd.rank(), 15);
        assert!(largest(&(rebuilt(&svd) - &table)) < 1e-7);
    }
}
