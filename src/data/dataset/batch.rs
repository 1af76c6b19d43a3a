//! Rows put together for the training loop.

use super::super::error::{DataError, Result};
use super::augment::Augmentation;
use super::{Content, FittedInputs, Item};
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
        let mut batches: Vec<Option<InputBatch>> = self.dataset.inputs.iter().map(|_| None).collect();
        let mut errors = Vec::new();
        for input in inputs {
            match self.input_batch(items, *input) {
                Ok(batch) => batches[*input] = Some(batch),
                Err(error) => errors.push(error),
            }
        }
        DataError::collect(errors)?;
        Ok(Batch { rows: items.len(), inputs: batches })
    }

    /// One input of some items, prepared in parallel, in the order given.
    ///
    /// # Errors
    /// All steps that cannot be done, with subject and input.
    pub fn input_batch(&self, items: &[(Item, Augmentation<'_>)], input: usize) -> Result<InputBatch> {
        let spec = &self.dataset.inputs[input];
        let parts = items.iter().any(|(_, draw)| matches!(draw, Augmentation::Patch { .. }));
        let shape = if parts { spec.seen_shape() } else { spec.shape.clone() };
        let drawn = |item: &Item, draw: &Augmentation<'_>| self.draw(*item, draw);
        if !matches!(self.dataset.content[input], Content::Images { .. }) {
            let of = |(item, draw): &(Item, Augmentation<'_>)| self.drawn_value(*item, input, &drawn(item, draw)?);
            let rows = all(items.par_iter().map(of).collect())?;
            let present = rows.iter().map(Option::is_some).collect();
            return Ok(InputBatch { values: rows.into_iter().flatten().flatten().collect(), shape, present });
        }
        // Images are many numbers: each goes straight to its place in the batch.
        let present: Vec<bool> = items.iter().map(|(item, _)| self.dataset.has(item.member, input)).collect();
        let having: Vec<_> = items.iter().zip(&present).filter(|(_, has)| **has).map(|(item, _)| item).collect();
        let size: usize = shape.iter().product();
        let mut values = vec![0.0; size * having.len()];
        let copy = |((item, draw), out): (&(Item, Augmentation<'_>), &mut [f32])| {
            self.copy_image(*item, input, &drawn(item, draw)?, out)
        };
        all(having.into_par_iter().zip(values.par_chunks_mut(size.max(1))).map(copy).collect())?;
        Ok(InputBatch { values, shape, present })
    }
}

/// What all have come to, or what is wrong with any.
fn all<T>(results: Vec<Result<T>>) -> Result<Vec<T>> {
    let mut errors = Vec::new();
    let done: Vec<T> = results.into_iter().filter_map(|result| result.map_err(|e| errors.push(e)).ok()).collect();
    DataError::collect(errors)?;
    Ok(done)
}
