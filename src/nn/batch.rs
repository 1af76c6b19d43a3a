//! A batch as the data pipeline hands it over: numbers on the host, and who lacks what.

use super::NnError;
use crate::graph::{Graph, InputId, Kind, show_shape};

/// The values of one input for the rows of a batch that have it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InputBatch {
    /// The present rows one after the other, each row-major. Class numbers are whole numbers.
    pub values: Vec<f32>,
    /// Shape of one row, as in the graph; `[]` for a number or a class.
    pub shape: Vec<usize>,
    /// For each row of the batch, whether it has the input.
    pub present: Vec<bool>,
}

impl InputBatch {
    /// An input that every row has.
    pub fn complete(values: Vec<f32>, shape: impl Into<Vec<usize>>, rows: usize) -> Self {
        Self { values, shape: shape.into(), present: vec![true; rows] }
    }
}

/// What one forward pass reads.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    /// Number of subjects.
    pub rows: usize,
    /// By [`InputId`]; `None` for inputs the network does not read.
    pub inputs: Vec<Option<InputBatch>>,
}

impl Batch {
    /// The input, checked against the graph.
    ///
    /// # Errors
    /// When it is missing, has another shape or number of values, or holds a class number that is no class.
    pub fn checked(&self, graph: &Graph, id: InputId) -> Result<&InputBatch, NnError> {
        let declared =
            graph.inputs.get(id.index()).ok_or_else(|| NnError::InputMissing { input: format!("#{}", id.0) })?;
        let name = || declared.name.clone();
        let input = self
            .inputs
            .get(id.index())
            .and_then(Option::as_ref)
            .ok_or_else(|| NnError::InputMissing { input: name() })?;
        let misfit = |expected: String, found: String| NnError::InputShape { input: name(), expected, found };
        if input.shape != declared.ty.shape {
            return Err(misfit(show_shape(&declared.ty.shape), show_shape(&input.shape)));
        }
        if input.present.len() != self.rows {
            return Err(misfit(format!("{} rows", self.rows), format!("presence of {} rows", input.present.len())));
        }
        let present = input.present.iter().filter(|p| **p).count();
        let expected = present * input.shape.iter().product::<usize>();
        if input.values.len() != expected {
            let found = format!("{} values", input.values.len());
            return Err(misfit(format!("{expected} values in {present} rows"), found));
        }
        if !declared.ty.may_be_absent() && present < self.rows {
            return Err(misfit(
                "a value for every row".into(),
                format!("{} of {} rows without one", self.rows - present, self.rows),
            ));
        }
        if let Kind::Class(levels) | Kind::Mask(levels) = &declared.ty.kind {
            let is_class = |v: f32| v >= 0.0 && v.fract() == 0.0 && (v as usize) < levels.len();
            if let Some(value) = input.values.iter().copied().find(|v| !is_class(*v)) {
                return Err(NnError::InputClass { input: name(), value, last: levels.len().saturating_sub(1) });
            }
        }
        Ok(input)
    }
}
