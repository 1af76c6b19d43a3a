//! Where a map starts: the plane of the first two principal components.

use super::Places;
use crate::error::{AnalysisError, Result};
use ndarray::{Array1, Array2, ArrayView2, Axis};

/// Turns of the power iteration at most.
const TURNS: usize = 300;
/// How little an axis turns when it is found; the start of a map needs no more digits.
const STILL: f64 = 1e-9;

/// The first two principal components of the items, as small as scikit-learn starts: the first with a standard
/// deviation of 0.0001.
pub(super) fn principal_plane(table: ArrayView2<'_, f64>) -> Result<Places> {
    let (n, columns) = table.dim();
    let means = table.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(columns));
    let centred = &table - &means;
    // Of items by items and of columns by columns the products have the same axes.
    let by_columns = columns <= n;
    let inner = if by_columns { centred.t().dot(&centred) } else { centred.dot(&centred.t()) };
    let axes = two_axes(&inner)?;
    let along = |axis: &Array1<f64>| -> Vec<f64> {
        let coordinates =
            if by_columns { centred.dot(axis) } else { axis * axis.dot(&inner.dot(axis)).max(0.0).sqrt() };
        coordinates.to_vec()
    };
    let [x, y] = axes.each_ref().map(along);
    let sd = (x.iter().map(|v| v * v).sum::<f64>() / n as f64).sqrt();
    let small = |axis: Vec<f64>| -> Vec<f64> {
        let largest = axis.iter().fold(0.0_f64, |m, &v| if v.abs() > m.abs() { v } else { m });
        let sign = if largest < 0.0 { -1.0 } else { 1.0 };
        axis.iter().map(|v| sign * v / sd * 1e-4).collect()
    };
    Ok(Places { x: small(x), y: small(y) })
}

/// The first two axes of a symmetric matrix by power iteration.
fn two_axes(inner: &Array2<f64>) -> Result<[Array1<f64>; 2]> {
    // A start that is in no special direction, the same every time.
    let mut axes: [Array1<f64>; 2] =
        [0.7, 1.3].map(|step: f64| (0..inner.nrows()).map(|i| ((i as f64 + 1.0) * step).sin() + 0.1).collect());
    for _ in 0..TURNS {
        let mut first = inner.dot(&axes[0]);
        unit(&mut first)?;
        let mut second = inner.dot(&axes[1]);
        let along = second.dot(&first);
        second.scaled_add(-along, &first);
        // Items on one line have no second direction.
        if unit(&mut second).is_err() {
            second.fill(0.0);
        }
        let turned = [(&first, &axes[0]), (&second, &axes[1])].map(|(new, old)| (new - old).mapv(|v| v * v).sum());
        axes = [first, second];
        if turned.iter().all(|turned| *turned <= STILL * STILL) {
            break;
        }
    }
    Ok(axes)
}

fn unit(vector: &mut Array1<f64>) -> Result<()> {
    let length = vector.dot(vector).sqrt();
    if length <= f64::MIN_POSITIVE {
        return Err(AnalysisError::Constant { what: "the table of items", value: 0.0 });
    }
    *vector /= length;
    Ok(())
}
