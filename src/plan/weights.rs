//! Arrays in and out of safetensors files: weights by name, predictions by place.

use super::error::{PlanError, Result};
use crate::exchange::{ExchangeError, read_safetensors, safetensors_bytes};
use crate::train::Weights;
use std::path::Path;

/// Weights as the bytes of a safetensors file; the same weights give the same bytes.
pub(super) fn weights_bytes(task: &str, weights: &Weights) -> Result<Vec<u8>> {
    safetensors_bytes(weights)
        .map_err(|e| PlanError::task(task, format!("its numbers cannot be written as safetensors: {e}")))
}

/// The arrays of a safetensors file.
///
/// # Errors
/// What the operating system says, or a file that is no safetensors archive of numbers.
pub(super) fn read_weights(path: &Path) -> Result<Weights> {
    let refuse = |problem: String| PlanError::Unreadable { path: path.to_owned(), problem };
    read_safetensors(path).map_err(|error| match error {
        ExchangeError::Io { source, .. } => PlanError::io("read", path)(source),
        ExchangeError::Unreadable { problem, .. } => refuse(problem),
        other => refuse(other.to_string()),
    })
}
