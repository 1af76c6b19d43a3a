//! Least squares of many columns on one design, and which term of the design repeats the others.

use crate::error::{AnalysisError, Result, check_array};
use crate::latent::decomposition::Svd;
use ndarray::{Array2, ArrayView2, Axis, s};

/// Coefficients `[terms, columns]` of the columns `[subjects, columns]` on the design `[subjects, terms]`.
///
/// # Errors
/// No more subjects than terms, a term that is a combination of those before it, a number that is not finite.
pub(super) fn least_squares(design: ArrayView2<'_, f64>, columns: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
    check_array("the design", &design)?;
    check_array("the columns", &columns)?;
    let (subjects, terms) = design.dim();
    if subjects <= terms {
        return Err(AnalysisError::TooFew { what: "the training sample", needed: terms + 1, found: subjects });
    }
    // Terms of one length, so that a volume in mm3 beside a 0/1 column is not taken for all there is.
    let lengths = design.map_axis(Axis(0), |term| match term.dot(&term).sqrt() {
        0.0 => 1.0,
        length => length,
    });
    let scaled = &design / &lengths;
    let svd = Svd::of(scaled.view())?;
    if svd.rank() < terms {
        return Err(AnalysisError::DependentTerm { term: first_dependent(scaled.view())? });
    }
    let mut along = svd.u.t().dot(&columns);
    for (mut row, value) in along.rows_mut().into_iter().zip(&svd.s) {
        row /= *value;
    }
    let mut coefficients = svd.vt.t().dot(&along);
    for (mut row, length) in coefficients.rows_mut().into_iter().zip(&lengths) {
        row /= *length;
    }
    Ok(coefficients)
}

/// The first term that is a combination of those before it.
fn first_dependent(design: ArrayView2<'_, f64>) -> Result<usize> {
    for term in 0..design.ncols() {
        if Svd::of(design.slice(s![.., ..=term]))?.rank() <= term {
            return Ok(term);
        }
    }
    Ok(design.ncols() - 1)
}
