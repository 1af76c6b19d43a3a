//! Images that a model drew of somebody, as NIfTI files on the grid of the scan as it came.
//!
//! ```text
//!  [c, x, y, z] on the prepared grid ──▶ sub-01_desc-draw_dseg.nii.gz    the most probable class, as the file's labels
//!                                        sub-01_desc-draw_probseg.nii.gz probabilities, one volume a class, on request
//!                                        sub-01_desc-back-t1_recon.nii.gz intensities
//! ```

use super::error::{PlanError, Result};
use super::metric::{largest, softmax};
use crate::data::affine::Affine;
use crate::data::nifti::{self, Header};
use crate::data::restore::on_scan;
use crate::graph::Kind;
use crate::program::{ImageStep, InputSource, InputSpec};
use ndarray::{Array3, Array4, ArrayView4, Axis};
use std::path::Path;

/// What the channels of a drawn image are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Channels {
    /// Classes, by the label that the input's file has for each.
    Classes { names: Vec<String>, labels: Vec<i16> },
    /// Intensities, as they were prepared.
    Intensities,
}

impl Channels {
    /// Those of an image that is compared to this input.
    pub fn of(kind: &Kind, spec: &InputSpec) -> Self {
        let Kind::Mask(names) = kind else { return Self::Intensities };
        let values = match &spec.source {
            InputSource::Image { steps, .. } => steps.iter().rev().find_map(|step| match step {
                ImageStep::Labels { values } => Some(values.as_slice()),
                _ => None,
            }),
            _ => None,
        };
        let label = |class: usize| match values {
            Some(values) if values.len() == names.len() => values.get(class).copied(),
            // The background has no value of its own.
            Some(values) => class.checked_sub(1).map_or(Some(0), |at| values.get(at).copied()),
            None => i64::try_from(class).ok(),
        };
        let labels =
            (0..names.len()).map(|class| label(class).and_then(|l| i16::try_from(l).ok()).unwrap_or(class as i16));
        Self::Classes { names: names.clone(), labels: labels.collect() }
    }

    /// The table that says what the labels are, as BIDS has it; intensities have none.
    pub fn table(&self) -> Option<String> {
        let Self::Classes { names, labels } = self else { return None };
        let lines = labels.iter().zip(names).map(|(label, name)| format!("{label}\t{}\n", super::analyse::clean(name)));
        Some(format!("index\tname\n{}", lines.collect::<String>()))
    }
}

/// The probabilities of `[classes, ..]` logits, place by place.
pub(super) fn probabilities(logits: ArrayView4<'_, f32>) -> Array4<f32> {
    let mut probabilities = logits.to_owned();
    let mut voxel = vec![0.0; logits.len_of(Axis(0))];
    for mut classes in probabilities.lanes_mut(Axis(0)) {
        voxel.iter_mut().zip(&classes).for_each(|(v, logit)| *v = *logit);
        classes.iter_mut().zip(softmax(&voxel)).for_each(|(p, of_class)| *p = of_class as f32);
    }
    probabilities
}

/// An image to be written.
pub(super) struct Drawn<'a> {
    /// Probabilities of classes, or intensities: `[c, x, y, z]`.
    pub values: ArrayView4<'a, f32>,
    /// Where they are in the world.
    pub affine: Affine,
    /// The header of the scan it was prepared from; none where that was painted.
    pub scan: Option<&'a Header>,
    pub channels: &'a Channels,
}

impl Drawn<'_> {
    /// Writes the files of a subject, whose names begin with `stem`: `sub-01_desc-draw`.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn write(&self, folder: &Path, stem: &str, with_probabilities: bool) -> Result<()> {
        let at = PlanError::data("writing maps");
        let (values, affine) = match self.scan {
            None => (self.values.to_owned(), self.affine),
            Some(scan) => {
                let shape = scan.volume_shape(folder).map_err(PlanError::data("writing maps"))?;
                // Beyond the prepared grid nothing was drawn: the background for sure.
                let outside: Vec<f32> = match self.channels {
                    Channels::Classes { names, .. } => {
                        (0..names.len()).map(|c| if c == 0 { 1.0 } else { 0.0 }).collect()
                    }
                    Channels::Intensities => Vec::new(),
                };
                let restored = on_scan(self.values, &self.affine, shape, &scan.affine, &outside);
                (restored.map_err(PlanError::data("writing maps"))?, scan.affine)
            }
        };
        let file = |suffix: &str| folder.join(format!("{stem}_{suffix}.nii.gz"));
        // `[c, x, y, z]`; a file has its channels last.
        let channels_last = || match values.len_of(Axis(0)) {
            1 => values.index_axis(Axis(0), 0).into_dyn(),
            _ => values.view().permuted_axes([1, 2, 3, 0]).into_dyn(),
        };
        match self.channels {
            Channels::Intensities => nifti::write(&file("recon"), channels_last(), &affine, self.scan).map_err(at),
            Channels::Classes { labels, .. } => {
                let map = most_probable(&values, labels);
                nifti::write_labels(&file("dseg"), &map, &affine, self.scan).map_err(at)?;
                if with_probabilities {
                    let written = nifti::write(&file("probseg"), channels_last(), &affine, self.scan);
                    written.map_err(PlanError::data("writing maps"))?;
                }
                Ok(())
            }
        }
    }
}

/// The label of the most probable class of each voxel; of equals, the first.
fn most_probable(probabilities: &Array4<f32>, labels: &[i16]) -> Array3<i16> {
    probabilities.map_axis(Axis(0), |classes| {
        let class = largest(classes.iter().copied());
        labels.get(class).copied().unwrap_or(class as i16)
    })
}
