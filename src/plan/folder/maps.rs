//! Images that a model drew, as NIfTI files in the space of what they are compared to.

use super::super::error::{PlanError, Result};
use super::super::predict::Predicted;
use super::super::request::PredictionRequest;
use super::super::score::label;
use crate::data::nifti::{self, read_header};
use crate::program::Program;
use ndarray::{ArrayViewD, IxDyn};
use std::path::Path;

/// Writes the reconstructions of the subjects that are shown.
///
/// # Errors
/// What the operating system says.
pub(super) fn write(program: &Program, model: usize, predicted: &Predicted, folder: &Path) -> Result<()> {
    let Some(request) = PredictionRequest::of(program, model) else { return Ok(()) };
    for score in program.scores_of_runs(model) {
        for pair in score.pairs.iter().filter(|pair| pair.without.is_none()) {
            let (Some(node), Some(truth)) = (request.node(pair.prediction), request.truth(pair.truth)) else {
                continue;
            };
            let (Some(node), Some(_)) = (predicted.nodes.get(node), predicted.truths.get(truth)) else { continue };
            for grid in predicted.grids.iter().filter(|grid| grid.truth == truth) {
                let (Some(values), Some(row)) = (node.row(grid.row), predicted.rows.get(grid.row)) else { continue };
                // `[c, x, y, z]`; a file has its channels last.
                let [channels, rest @ ..] = node.shape.as_slice() else { continue };
                if rest.len() != 3 {
                    continue;
                }
                let Ok(array) = ArrayViewD::from_shape(IxDyn(&node.shape), values) else { continue };
                let array = if *channels == 1 {
                    array.index_axis_move(ndarray::Axis(0), 0)
                } else {
                    array.permuted_axes(IxDyn(&[1, 2, 3, 0]))
                };
                std::fs::create_dir_all(folder).map_err(PlanError::io("make", folder))?;
                let header = grid.source.as_deref().and_then(|path| read_header(path).ok());
                let plain =
                    |text: &str| text.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect::<String>();
                let subject = row.key.replace(':', "_");
                let what = plain(&label(&score.of, &pair.key));
                let name = format!("{subject}_desc-{}_recon.nii.gz", what.trim_end_matches('-'));
                let written = nifti::write(&folder.join(name), array, &grid.affine, header.as_ref());
                written.map_err(PlanError::data("writing maps"))?;
            }
        }
    }
    Ok(())
}
