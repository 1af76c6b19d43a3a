//! Varimax rotation of factor loadings (Kaiser 1958).
//!
//! Loadings `[columns, factors]` come in; turned so that each factor loads strongly on few columns, they go out
//! together with the rotation. Follows factor_analyzer's `Rotator`: iterated polar decompositions, with each
//! column's loadings scaled to length 1 first (Kaiser's normalisation) unless told otherwise, up to 500 times or
//! until the criterion gains less than a part in 100,000.

use super::decomposition::Svd;
use crate::error::{Result, check_array};
use ndarray::{Array1, Array2, ArrayView2, Axis};

const ITERATIONS: usize = 500;
const TOLERANCE: f64 = 1e-5;

/// Loadings turned by varimax.
#[derive(Debug, Clone, PartialEq)]
pub struct Rotated {
    /// `[columns, factors]`: the given loadings times `rotation`.
    pub loadings: Array2<f64>,
    /// `[factors, factors]`, orthogonal.
    pub rotation: Array2<f64>,
}

/// Turns `loadings`; a single factor stays as it is.
///
/// # Errors
/// No loadings, or one that is not finite.
pub fn varimax(loadings: ArrayView2<'_, f64>, kaiser: bool) -> Result<Rotated> {
    check_array("the loadings", &loadings)?;
    let (columns, factors) = loadings.dim();
    let length = |row: ndarray::ArrayView1<'_, f64>| match row.dot(&row).sqrt() {
        length if kaiser && length > 0.0 => length,
        _ => 1.0,
    };
    let lengths: Array1<f64> = loadings.map_axis(Axis(1), length);
    let scaled = &loadings / &lengths.insert_axis(Axis(1));

    let mut rotation = Array2::eye(factors);
    let mut criterion = 0.0;
    for _ in 0..if factors > 1 { ITERATIONS } else { 0 } {
        let basis = scaled.dot(&rotation);
        let mean_squares = basis.mapv(|v| v * v).sum_axis(Axis(0)) / columns as f64;
        let gradient = scaled.t().dot(&(basis.mapv(|v| v.powi(3)) - &basis * &mean_squares.insert_axis(Axis(0))));
        let svd = Svd::of(gradient.view())?;
        // A gradient of lower rank has no unique rotation (factors that load on nothing): what is there is kept.
        if svd.rank() < factors {
            break;
        }
        rotation = svd.u.dot(&svd.vt);
        let before = criterion;
        criterion = svd.s.iter().sum::<f64>();
        if criterion < before * (1.0 + TOLERANCE) {
            break;
        }
    }
    Ok(Rotated { loadings: loadings.dot(&rotation), rotation })
}
