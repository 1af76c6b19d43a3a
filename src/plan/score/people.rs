//! Who is judged, and what is known of them besides.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::predict::Predicted;
use super::super::task::RunKey;
use crate::data::dataset::Item;
use crate::data::nifti::read_header;
use crate::data::restore::beyond_scan;
use crate::graph::{InputId, Kind};
use crate::program::{InputSource, Metric, Program, Score};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of a truth besides its values.
#[derive(Debug)]
pub(super) struct OfTruth {
    /// The mean of the training subjects, where a metric is relative to it.
    pub mean: Option<Vec<f32>>,
    /// The extents of voxels in millimetres by subject, where a metric is a distance.
    pub voxel_mm: BTreeMap<String, [f64; 3]>,
    /// Voxels of a mask that lie beyond the scan it was prepared from, by subject; nothing can be drawn there.
    pub beyond: BTreeMap<String, Vec<bool>>,
}

/// Whether a truth is a volume of labels that is read from files.
pub(super) fn is_volume_of_labels(program: &Program, input: InputId) -> bool {
    let spec = &program.inputs[input.index()];
    let is_read = matches!(spec.source, InputSource::Image { .. });
    is_read && spec.shape.len() == 3 && matches!(program.graph.inputs[input.index()].ty.kind, Kind::Mask(_))
}

/// A group of people that is judged apart.
#[derive(Debug)]
pub(super) struct Group {
    /// `sex = F`
    pub name: String,
    /// Their names.
    pub members: BTreeSet<String>,
}

impl Context<'_> {
    /// The mean of an input over the subjects that trained in a run.
    pub(super) fn training_mean(
        &self,
        task: &str,
        variant: usize,
        run: RunKey,
        input: InputId,
    ) -> Result<Option<Vec<f32>>> {
        let dataset = self.dataset(variant)?;
        let split = self.split(variant, run.seed, run.fold)?;
        let fitted = self.fitted(variant, run.seed, run.fold)?;
        let inputs = fitted.of(task, &dataset)?;
        inputs.mean(&split.train, input.index()).map_err(PlanError::data(task))
    }

    /// The groups of a score; none where everybody is judged together.
    ///
    /// # Errors
    /// A table without the column that the groups are made by.
    pub(super) fn judged_groups(&self, task: &str, variant: usize, score: &Score) -> Result<Vec<Group>> {
        let program = self.program(variant);
        let of_group = |(name, condition): &(String, _)| {
            let mut members = BTreeSet::new();
            let (mut problem, mut is_known) = (None, false);
            for cohort in &program.cohorts {
                let data = self.sources.cohort(cohort)?;
                match data.who_satisfies(condition) {
                    Ok(names) => {
                        is_known = true;
                        let several = program.cohorts.len() > 1;
                        members.extend(
                            names.into_iter().map(|n| if several { format!("{}:{n}", cohort.name) } else { n }),
                        );
                    }
                    // A cohort that trains nothing may lack the column; one of them must have it.
                    Err(e) => problem = Some(e),
                }
            }
            match problem {
                Some(problem) if !is_known => Err(PlanError::data(task)(problem)),
                _ => Ok(Group { name: name.clone(), members }),
            }
        };
        score.within.iter().map(of_group).collect()
    }

    /// What some metrics need to know of a truth in a run; nothing where none does.
    ///
    /// # Errors
    /// An image that cannot be prepared.
    pub(super) fn of_truth(
        &self,
        task: &str,
        variant: usize,
        run: RunKey,
        score: &Score,
        (input, predicted): (InputId, &Predicted),
    ) -> Result<OfTruth> {
        let mean = match score.metrics.contains(&Metric::Skill) {
            true => self.training_mean(task, variant, run, input)?,
            false => None,
        };
        let (mut voxel_mm, mut beyond) = (BTreeMap::new(), BTreeMap::new());
        if is_volume_of_labels(self.program(variant), input) {
            let dataset = self.dataset(variant)?;
            let fitted = self.fitted_of(variant, score.model, run)?;
            let inputs = fitted.of(task, &dataset)?;
            for row in predicted.rows.iter().filter(|row| row.set == score.on) {
                let member = dataset.place(&row.key).map_err(PlanError::data(task))?;
                // What was painted has no other grid than the one that is prepared.
                let path = dataset.image_path(member, input.index()).map_err(PlanError::data(task))?;
                let image = inputs.image(Item { member, slice: 0 }, input.index()).map_err(PlanError::data(task))?;
                let (Some(path), Some(image)) = (path, image) else { continue };
                let header = read_header(&path).map_err(PlanError::data(task))?;
                let shape = header.volume_shape(&path).map_err(PlanError::data(task))?;
                let (_, x, y, z) = image.data.dim();
                let outside = beyond_scan([x, y, z], &image.affine, shape, &header.affine);
                beyond.extend(outside.map_err(PlanError::data(task))?.map(|outside| (row.key.clone(), outside)));
            }
        }
        if score.metrics.iter().any(|metric| metric.is_of_grids()) {
            let dataset = self.dataset(variant)?;
            let fitted = self.fitted_of(variant, score.model, run)?;
            let inputs = fitted.of(task, &dataset)?;
            for row in predicted.rows.iter().filter(|row| row.set == score.on) {
                let member = dataset.place(&row.key).map_err(PlanError::data(task))?;
                let image = inputs.image(Item { member, slice: 0 }, input.index()).map_err(PlanError::data(task))?;
                voxel_mm.extend(image.map(|image| (row.key.clone(), image.affine.voxel_mm())));
            }
        }
        Ok(OfTruth { mean, voxel_mm, beyond })
    }
}
