//! Rows put together for the training loop.

use super::super::error::{DataError, Result};
use super::augment::Augmentation;
use super::{FittedInputs, Item};
use rayon::prelude::*;

/// One batch: for each input of the program, its values, or `None` where it was not asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Number of rows.
    pub rows: usize,
    /// By input.
    pub inputs: Vec<Option<InputBatch>>,
}

/// One input of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct InputBatch {
    /// Values of the rows that are present, one after the other, each in C order.
    pub values: Vec<f32>,
    /// Shape of one row.
    pub shape: Vec<usize>,
    /// Which rows of the batch have it.
    pub present: Vec<bool>,
}

impl FittedInputs<'_> {
    /// Puts items together; prepared in parallel, in the order given.
    ///
    /// # Errors
    /// All steps that cannot be done, with subject and input.
    pub fn batch(&self, items: &[Item], inputs: &[usize], draw: &Augmentation<'_>) -> Result<Batch> {
        let rows: Vec<(Item, Augmentation<'_>)> = items.iter().map(|item| (*item, *draw)).collect();
        self.batch_of(&rows, inputs)
    }

    /// The same with a draw for each row, for training loops that seed every look at a subject.
    ///
    /// # Errors
    /// As [`FittedInputs::batch`].
    pub fn batch_of(&self, items: &[(Item, Augmentation<'_>)], inputs: &[usize]) -> Result<Batch> {
        let dataset = self.dataset;
        let rows: Vec<Vec<Result<Option<Vec<f32>>>>> = items
            .par_iter()
            .map(|(item, draw)| {
                let drawn = draw.of(&dataset.members[item.member].key, item.slice, dataset.views());
                inputs.iter().map(|input| self.drawn_value(*item, *input, &drawn)).collect()
            })
            .collect();
        let mut batches: Vec<Option<InputBatch>> = dataset.inputs.iter().map(|_| None).collect();
        for input in inputs {
            let shape = dataset.inputs[*input].shape.clone();
            let size: usize = shape.iter().product();
            batches[*input] = Some(InputBatch {
                values: Vec::with_capacity(size * items.len()),
                shape,
                present: Vec::with_capacity(items.len()),
            });
        }
        let mut errors = Vec::new();
        for ((item, _), row) in items.iter().zip(rows) {
            for (input, value) in inputs.iter().zip(row) {
                let Some(batch) = &mut batches[*input] else { continue };
                match value {
                    Err(e) => errors.push(e),
                    Ok(None) => batch.present.push(false),
                    Ok(Some(values)) => {
                        let expected: usize = batch.shape.iter().product();
                        if values.len() != expected {
                            let problem = format!(
                                "{} numbers, expected {expected} for the shape {:?}",
                                values.len(),
                                batch.shape
                            );
                            let name = &dataset.inputs[*input].name;
                            let error = DataError::Step { step: "batch", problem };
                            errors.push(error.of_subject(&dataset.members[item.member].key, name));
                        }
                        batch.values.extend(values);
                        batch.present.push(true);
                    }
                }
            }
        }
        DataError::collect(errors)?;
        Ok(Batch { rows: items.len(), inputs: batches })
    }
}
