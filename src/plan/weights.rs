//! Arrays in and out of safetensors files: weights by name, predictions by place.

use super::error::{PlanError, Result};
use crate::train::Weights;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use std::path::Path;

/// Weights as the bytes of a safetensors file; the same weights give the same bytes.
pub(super) fn weights_bytes(task: &str, weights: &Weights) -> Result<Vec<u8>> {
    let bytes: Vec<(&String, &Vec<usize>, Vec<u8>)> = weights
        .iter()
        .map(|(name, (shape, values))| (name, shape, values.iter().flat_map(|v| v.to_le_bytes()).collect()))
        .collect();
    let views = bytes
        .iter()
        .map(|(name, shape, bytes)| Ok((name.as_str(), TensorView::new(Dtype::F32, (*shape).clone(), bytes)?)))
        .collect::<std::result::Result<Vec<_>, safetensors::SafeTensorError>>();
    views
        .and_then(|views| safetensors::serialize(views, None))
        .map_err(|e| PlanError::task(task, format!("its numbers cannot be written as safetensors: {e}")))
}

/// The arrays of a safetensors file.
///
/// # Errors
/// What the operating system says, or a file that is no safetensors archive of 32-bit floats.
pub(super) fn read_weights(path: &Path) -> Result<Weights> {
    let bytes = std::fs::read(path).map_err(PlanError::io("read", path))?;
    let refuse = |problem: String| PlanError::Unreadable { path: path.to_owned(), problem };
    let archive = SafeTensors::deserialize(&bytes).map_err(|e| refuse(e.to_string()))?;
    archive
        .iter()
        .map(|(name, view)| {
            if view.dtype() != Dtype::F32 {
                return Err(refuse(format!("`{name}` is of type {:?}, expected F32", view.dtype())));
            }
            let values = view.data().as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
            Ok((name.to_owned(), (view.shape().to_vec(), values)))
        })
        .collect()
}
