//! Canonical correlations of two small samples, in double precision, with their gradient.
//!
//! With centred samples `U` (`[rows, n]`) and `V` (`[rows, m]`): `A = U'U / (rows - 1) + ridge`, `B` likewise of `V`, `C = U'V /
//! (rows - 1)`. The canonical correlations are the singular values of `T = a^-1 C b^-T`, with the Cholesky factors `A = a a'`
//! and `B = b b'`: the symmetric roots of Andrew et al. 2013 differ from these by rotations, which singular values do not see.

use crate::graph::CorrelationNorm;

/// The total correlation of two samples and its gradient by each.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Correlation {
    pub total: f64,
    /// `[rows, n]`, row-major.
    pub by_u: Vec<f64>,
    /// `[rows, m]`, row-major.
    pub by_v: Vec<f64>,
}

/// The total correlation of two samples of so many rows. `None` where there are fewer than two rows, or where the numbers
/// are not finite.
pub(super) fn correlation(u: &[f64], v: &[f64], rows: usize, ridge: f64, norm: CorrelationNorm) -> Option<Correlation> {
    if rows < 2 || u.iter().chain(v).any(|x| !x.is_finite()) {
        return None;
    }
    let (u, v) = (Matrix::new(rows, u).centred(), Matrix::new(rows, v).centred());
    let share = 1.0 / (rows - 1) as f64;
    let a = u.transposed().times(&u).scaled(share).plus_diagonal(ridge).cholesky()?;
    let b = v.transposed().times(&v).scaled(share).plus_diagonal(ridge).cholesky()?;
    let c = u.transposed().times(&v).scaled(share);
    let t = b.solved(&a.solved(&c).transposed()).transposed();

    // The gradient of the total by T: T / |T| of the Frobenius norm, P Q' of the trace norm where T = P D Q'.
    let (total, by_t) = match norm {
        CorrelationNorm::Frobenius => {
            let total = t.values.iter().map(|x| x * x).sum::<f64>().sqrt();
            (total, t.scaled(if total > 0.0 { 1.0 / total } else { 0.0 }))
        }
        CorrelationNorm::Trace => t.trace_norm(),
    };
    // By C: a^-T G b^-1. By A: -1/2 a^-T (G T') a^-1, and likewise by B.
    let by_c = b.solved_transposed(&a.solved_transposed(&by_t).transposed()).transposed();
    let by_a = a.on_both_sides(&by_t.times(&t.transposed())).scaled(-0.5);
    let by_b = b.on_both_sides(&by_t.transposed().times(&t)).scaled(-0.5);
    let by_u = u.times(&by_a).scaled(2.0).plus(&v.times(&by_c.transposed())).scaled(share);
    let by_v = v.times(&by_b).scaled(2.0).plus(&u.times(&by_c)).scaled(share);
    Some(Correlation { total, by_u: by_u.values, by_v: by_v.values })
}

/// A matrix, row-major.
#[derive(Debug, Clone)]
struct Matrix {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    fn new(rows: usize, values: &[f64]) -> Self {
        Self { rows, columns: values.len() / rows.max(1), values: values.to_vec() }
    }

    fn from_fn(rows: usize, columns: usize, of: impl Fn(usize, usize) -> f64) -> Self {
        let values = (0..rows * columns).map(|i| of(i / columns, i % columns)).collect();
        Self { rows, columns, values }
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    fn transposed(&self) -> Self {
        Self::from_fn(self.columns, self.rows, |i, j| self.at(j, i))
    }

    fn times(&self, other: &Self) -> Self {
        let other = other.transposed();
        Self::from_fn(self.rows, other.rows, |i, j| dot(self.row(i), other.row(j)))
    }

    fn plus(&self, other: &Self) -> Self {
        Self::from_fn(self.rows, self.columns, |i, j| self.at(i, j) + other.at(i, j))
    }

    fn scaled(&self, by: f64) -> Self {
        Self::from_fn(self.rows, self.columns, |i, j| by * self.at(i, j))
    }

    fn plus_diagonal(&self, ridge: f64) -> Self {
        Self::from_fn(self.rows, self.columns, |i, j| self.at(i, j) + if i == j { ridge } else { 0.0 })
    }

    /// Each column without its mean.
    fn centred(&self) -> Self {
        let mean = |j: usize| (0..self.rows).map(|i| self.at(i, j)).sum::<f64>() / self.rows as f64;
        let means: Vec<f64> = (0..self.columns).map(mean).collect();
        Self::from_fn(self.rows, self.columns, |i, j| self.at(i, j) - means[j])
    }

    /// The lower triangle `L` with `L L'` this matrix; `None` where it is not positive definite.
    fn cholesky(&self) -> Option<Triangle> {
        let n = self.rows;
        let mut lower = Self::from_fn(n, n, |_, _| 0.0);
        for i in 0..n {
            for j in 0..=i {
                let rest = self.at(i, j) - dot(&lower.row(i)[..j], &lower.row(j)[..j]);
                lower.values[i * n + j] = match i == j {
                    true if rest > 0.0 => rest.sqrt(),
                    true => return None,
                    false => rest / lower.at(j, j),
                };
            }
        }
        Some(Triangle(lower))
    }

    /// The sum of the singular values, and the product of the singular vectors `P Q'`: those of vanishing singular values
    /// are left out, which is the subgradient of smallest norm. One-sided Jacobi rotations (Hestenes 1958) make the rows
    /// orthogonal; what they become is `D P'` rotated.
    fn trace_norm(&self) -> (f64, Self) {
        let mut turned = self.clone();
        let mut rotation = Self::from_fn(self.rows, self.rows, |i, j| f64::from(u8::from(i == j)));
        for _ in 0..MOST_SWEEPS {
            let mut largest = 0f64;
            for i in 0..self.rows {
                for j in i + 1..self.rows {
                    let (x, y) = (turned.row(i), turned.row(j));
                    let (xx, yy, xy) = (dot(x, x), dot(y, y), dot(x, y));
                    if xy.abs() <= f64::EPSILON * (xx * yy).sqrt() || xy == 0.0 {
                        continue;
                    }
                    largest = largest.max(xy.abs() / (xx * yy).sqrt());
                    let zeta = (yy - xx) / (2.0 * xy);
                    let tangent = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
                    let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
                    turned.rotate(i, j, cosine, cosine * tangent);
                    rotation.rotate(i, j, cosine, cosine * tangent);
                }
            }
            if largest <= ORTHOGONAL {
                break;
            }
        }
        let singular: Vec<f64> = (0..self.rows).map(|i| dot(turned.row(i), turned.row(i)).sqrt()).collect();
        let vanishing = VANISHING * singular.iter().copied().fold(0.0, f64::max);
        for (i, value) in singular.iter().enumerate() {
            let scale = if *value > vanishing { 1.0 / value } else { 0.0 };
            turned.values[i * self.columns..(i + 1) * self.columns].iter_mut().for_each(|x| *x *= scale);
        }
        (singular.iter().sum(), rotation.transposed().times(&turned))
    }

    /// Turns two rows in their plane.
    fn rotate(&mut self, i: usize, j: usize, cosine: f64, sine: f64) {
        for k in 0..self.columns {
            let (x, y) = (self.at(i, k), self.at(j, k));
            self.values[i * self.columns + k] = cosine * x - sine * y;
            self.values[j * self.columns + k] = sine * x + cosine * y;
        }
    }
}

/// Sweeps of rotations; ten are rarely needed.
const MOST_SWEEPS: usize = 60;
/// Rows whose cosine is at most this count as orthogonal.
const ORTHOGONAL: f64 = 1e-14;
/// Singular values that are at most this share of the largest count as 0.
const VANISHING: f64 = 1e-10;

/// A lower triangle with a positive diagonal.
struct Triangle(Matrix);

impl Triangle {
    /// `L^-1 x`.
    fn solved(&self, x: &Matrix) -> Matrix {
        let n = self.0.rows;
        let columns = x.columns;
        let mut result = x.clone();
        for i in 0..n {
            for column in 0..columns {
                let known: f64 = (0..i).map(|k| self.0.at(i, k) * result.at(k, column)).sum();
                result.values[i * columns + column] = (x.at(i, column) - known) / self.0.at(i, i);
            }
        }
        result
    }

    /// `L^-T x`.
    fn solved_transposed(&self, x: &Matrix) -> Matrix {
        let n = self.0.rows;
        let columns = x.columns;
        let mut result = x.clone();
        for i in (0..n).rev() {
            for column in 0..columns {
                let known: f64 = (i + 1..n).map(|k| self.0.at(k, i) * result.at(k, column)).sum();
                result.values[i * columns + column] = (x.at(i, column) - known) / self.0.at(i, i);
            }
        }
        result
    }

    /// `L^-T x L^-1` of a symmetric matrix.
    fn on_both_sides(&self, x: &Matrix) -> Matrix {
        self.solved_transposed(&self.solved_transposed(x).transposed())
    }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers between -1 and 1 that look random.
    fn sample(len: usize, salt: f64) -> Vec<f64> {
        (0..len)
            .map(|i| ((i as f64 + salt) * 12.9898).sin() * 43758.5453)
            .map(|x| 2.0 * (x - x.floor()) - 1.0)
            .collect()
    }

    #[test]
    fn a_linear_map_of_a_sample_is_fully_correlated_with_it() {
        let u = sample(40 * 3, 0.5);
        let v: Vec<f64> = u.chunks(3).flat_map(|x| [x[0] + 2.0 * x[1], x[2] - x[0], 0.5 * x[1]]).collect();
        let total = |norm| correlation(&u, &v, 40, 1e-12, norm).unwrap().total;
        assert!((total(CorrelationNorm::Trace) - 3.0).abs() < 1e-9);
        assert!((total(CorrelationNorm::Frobenius) - 3f64.sqrt()).abs() < 1e-9);
    }

    #[test]
    fn the_gradient_matches_central_differences_also_with_fewer_rows_than_features() {
        for (rows, n, m) in [(12, 3, 4), (9, 5, 2), (4, 6, 5)] {
            let (u, v) = (sample(rows * n, 0.25), sample(rows * m, 7.75));
            for norm in [CorrelationNorm::Trace, CorrelationNorm::Frobenius] {
                let at = |u: &[f64], v: &[f64]| correlation(u, v, rows, 1e-2, norm).unwrap();
                let found = at(&u, &v);
                let moved = |x: &[f64], i: usize, by: f64| {
                    let mut x = x.to_vec();
                    x[i] += by;
                    x
                };
                for i in 0..u.len() {
                    let slope = (at(&moved(&u, i, 1e-5), &v).total - at(&moved(&u, i, -1e-5), &v).total) / 2e-5;
                    assert!((slope - found.by_u[i]).abs() < 1e-6, "{rows} {n} {m} {norm:?}: {slope} {}", found.by_u[i]);
                }
                for i in 0..v.len() {
                    let slope = (at(&u, &moved(&v, i, 1e-5)).total - at(&u, &moved(&v, i, -1e-5)).total) / 2e-5;
                    assert!((slope - found.by_v[i]).abs() < 1e-6, "{rows} {n} {m} {norm:?}: {slope} {}", found.by_v[i]);
                }
            }
        }
    }

    #[test]
    fn one_row_or_a_number_that_is_not_finite_has_no_correlation() {
        assert_eq!(correlation(&[1.0], &[1.0], 1, 1e-3, CorrelationNorm::Trace), None);
        assert_eq!(correlation(&[1.0, f64::NAN], &[1.0, 2.0], 2, 1e-3, CorrelationNorm::Trace), None);
    }
}
