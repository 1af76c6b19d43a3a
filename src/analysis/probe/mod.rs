//! What is in an embedding: whether a simple model that sees nothing else can tell a class or a number from it, and
//! whether neighbours belong together.
//!
//! Embeddings come in as tables `[subjects, columns]`, those of the people on whom the probe is fitted apart from
//! those on whom it is judged. Columns are standardised by the people fitted on, because a penalty that treats all
//! columns alike needs them on one scale.

pub mod logistic;
pub mod neighbours;
mod newton;
mod penalty;
pub mod ridge;
pub mod search;

use crate::error::{AnalysisError, Result, check_array};
use ndarray::{Array2, ArrayView2, Axis};

/// The mean and the population standard deviation of each column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Standardizer {
    mean: Vec<f64>,
    /// 0 where a column does not vary: it becomes 0 everywhere.
    sd: Vec<f64>,
}

impl Standardizer {
    /// Of the columns of `table`.
    ///
    /// # Errors
    /// No rows, or values that are not finite.
    pub fn fit(table: ArrayView2<'_, f64>) -> Result<Self> {
        check_array("the embeddings", &table)?;
        let n = table.nrows() as f64;
        let mean: Vec<f64> = table.axis_iter(Axis(1)).map(|c| c.sum() / n).collect();
        let sd = table.axis_iter(Axis(1)).zip(&mean).map(|(column, mean)| {
            let sd = (column.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
            let largest = column.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            if sd <= 10.0 * f64::EPSILON * largest { 0.0 } else { sd }
        });
        Ok(Self { sd: sd.collect(), mean })
    }

    /// The table on the scale of the one that was fitted.
    ///
    /// # Errors
    /// Another number of columns, or values that are not finite.
    pub fn apply(&self, table: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        check_array("the embeddings", &table)?;
        if table.ncols() != self.mean.len() {
            return Err(AnalysisError::ShapeMismatch {
                left: "the embeddings",
                left_shape: table.shape().to_vec(),
                right: "those that were fitted",
                right_shape: vec![self.mean.len()],
            });
        }
        let mut scaled = table.to_owned();
        for (i, mut column) in scaled.columns_mut().into_iter().enumerate() {
            let (mean, sd) = (self.mean[i], self.sd[i]);
            column.mapv_inplace(|v| if sd > 0.0 { (v - mean) / sd } else { 0.0 });
        }
        Ok(scaled)
    }
}
