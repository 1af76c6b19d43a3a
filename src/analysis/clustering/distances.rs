//! How far apart all pairs of subjects are.
//!
//! A table `[subjects, columns]` comes in, distances `[subjects, subjects]` go out. Differences are formed and squared
//! column by column, not from products of rows, which would leave few digits of what lies close together.

use crate::error::{AnalysisError, Result, check_array};
use ndarray::{Array2, ArrayView2};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Rows that are compared with another at once, so that it is read once for all of them.
const ROWS: usize = 4;
/// Sums of a pair that are kept side by side: two vectors of the widest processors.
const LANES: usize = 16;

/// How far apart two subjects are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distance {
    /// The length of the straight line.
    #[default]
    Euclidean,
    /// Its square.
    SquaredEuclidean,
    /// One minus the cosine of the angle.
    Cosine,
}

/// A few rows beside others, compiled for every width of vectors; the loops are plain ones.
struct Strip<'a> {
    /// The whole table.
    table: &'a [f64],
    columns: usize,
    /// The first of the few rows.
    from: usize,
    /// The rows that they are compared with: those before this one.
    to: usize,
    products: bool,
    /// `[few, subjects]`.
    out: &'a mut [f64],
}

/// The distances `[subjects, subjects]` between all rows of `table`.
///
/// # Errors
/// An empty table, values that are not finite, and a row of zeros where the angle is asked for.
pub fn distances(table: ArrayView2<'_, f64>, distance: Distance) -> Result<Array2<f64>> {
    check_array("the table", &table)?;
    let (n, columns) = table.dim();
    let lengths: Vec<f64> = table.rows().into_iter().map(|r| r.dot(&r).sqrt()).collect();
    if distance == Distance::Cosine && lengths.contains(&0.0) {
        return Err(AnalysisError::Undefined { what: "the cosine distance", reason: "a subject's row is all zeros" });
    }
    let table: Vec<f64> = table.iter().copied().collect();
    let mut out = vec![0.0; n * n];
    out.par_chunks_mut(ROWS * n).enumerate().for_each(|(strip, out)| {
        let from = strip * ROWS;
        let products = distance == Distance::Cosine;
        Arch::new().dispatch(Strip {
            table: &table,
            columns,
            from,
            to: (from + ROWS).min(n),
            products,
            out: &mut *out,
        });
        for (i, row) in (from..).zip(out.chunks_mut(n)) {
            row[i..].fill(0.0);
            for (j, d) in row[..i].iter_mut().enumerate() {
                *d = match distance {
                    Distance::SquaredEuclidean => *d,
                    Distance::Euclidean => d.sqrt(),
                    Distance::Cosine => (1.0 - *d / (lengths[i] * lengths[j])).clamp(0.0, 2.0),
                };
            }
        }
    });
    let mut out = Array2::from_shape_vec((n, n), out).unwrap_or_else(|_| Array2::zeros((n, n)));
    for i in 0..n {
        for j in 0..i {
            out[[j, i]] = out[[i, j]];
        }
    }
    Ok(out)
}

/// The squared distances of a few rows from all, `[few, subjects]`, and the rows that they are of, strip by strip. `table` is
/// by rows, and finite.
pub(crate) fn strips(
    table: &[f64],
    columns: usize,
) -> impl IndexedParallelIterator<Item = (std::ops::Range<usize>, Vec<f64>)> + '_ {
    let n = table.len() / columns.max(1);
    (0..n.div_ceil(ROWS)).into_par_iter().map(move |strip| {
        let rows = strip * ROWS..((strip + 1) * ROWS).min(n);
        let mut out = vec![0.0; rows.len() * n];
        Arch::new().dispatch(Strip { table, columns, from: rows.start, to: n, products: false, out: &mut out });
        (rows, out)
    })
}

impl WithSimd for Strip<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { table, columns, from, to, products, out } = self;
        let few = out.len() * columns / table.len().max(1);
        let n = table.len() / columns;
        let row = |i: usize| &table[i * columns..(i + 1) * columns];
        // Behind the last row the last one stands in, and what comes of it is dropped.
        let rows = [0, 1, 2, 3].map(|i: usize| row(from + i.min(few - 1)));
        for j in 0..to {
            let sums = if products { products_of(rows, row(j)) } else { squares_of(rows, row(j)) };
            for (i, sum) in sums.into_iter().enumerate().take(few) {
                out[i * n + j] = sum;
            }
        }
    }
}

#[inline(always)]
fn squares_of(rows: [&[f64]; ROWS], other: &[f64]) -> [f64; ROWS] {
    sums_of(rows, other, |a, b| (a - b) * (a - b))
}

#[inline(always)]
fn products_of(rows: [&[f64]; ROWS], other: &[f64]) -> [f64; ROWS] {
    sums_of(rows, other, |a, b| a * b)
}

/// The sums over columns of a term of some rows and another.
#[inline(always)]
fn sums_of(rows: [&[f64]; ROWS], other: &[f64], term: impl Fn(f64, f64) -> f64) -> [f64; ROWS] {
    let mut sums = [[0.0; LANES]; ROWS];
    let (chunks, rest) = other.as_chunks::<LANES>();
    let of_rows = rows.map(|row| row.as_chunks::<LANES>());
    for (at, other) in chunks.iter().enumerate() {
        for i in 0..ROWS {
            let row = &of_rows[i].0[at];
            for lane in 0..LANES {
                sums[i][lane] += term(row[lane], other[lane]);
            }
        }
    }
    let mut totals = [0.0; ROWS];
    for i in 0..ROWS {
        let mut total = 0.0;
        for lane in sums[i] {
            total += lane;
        }
        for (a, b) in of_rows[i].1.iter().zip(rest) {
            total += term(*a, *b);
        }
        totals[i] = total;
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;
    use fascicle_reference::assert_close;

    #[test]
    fn strips_and_vectors_leave_nothing_out() {
        for (n, columns) in [(1, 1), (2, 3), (5, 16), (9, 37), (12, 64)] {
            let table = Array2::from_shape_fn((n, columns), |(i, j)| 1.5 + ((i * 31 + j * 17) as f64).sin());
            for distance in [Distance::Euclidean, Distance::SquaredEuclidean, Distance::Cosine] {
                let found = distances(table.view(), distance).unwrap();
                for ((i, j), found) in found.indexed_iter() {
                    let (a, b) = (table.row(i), table.row(j));
                    let squared: f64 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
                    let expected = match distance {
                        Distance::Euclidean => squared.sqrt(),
                        Distance::SquaredEuclidean => squared,
                        Distance::Cosine => 1.0 - a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt(),
                    };
                    assert_close(*found, expected, 1e-12);
                    assert!(i != j || *found == 0.0);
                }
            }
        }
    }

    #[test]
    fn a_row_of_zeros_has_no_angle() {
        let table = ndarray::array![[0.0, 0.0], [1.0, 2.0]];
        assert!(matches!(distances(table.view(), Distance::Cosine), Err(AnalysisError::Undefined { .. })));
        assert!(distances(table.view(), Distance::Euclidean).is_ok());
    }
}
