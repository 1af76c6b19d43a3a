//! Who is judged, and how large their voxels are.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::task::RunKey;
use crate::data::dataset::Item;
use crate::graph::InputId;
use crate::program::Score;
use std::collections::{BTreeMap, BTreeSet};

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

    /// The extents in millimetres of the voxels of an image, by the name of the subject.
    ///
    /// # Errors
    /// An image that cannot be prepared.
    pub(super) fn voxel_sizes(
        &self,
        task: &str,
        variant: usize,
        run: RunKey,
        input: InputId,
    ) -> Result<BTreeMap<String, [f64; 3]>> {
        let dataset = self.dataset(variant)?;
        let fitted = self.fitted(variant, run.seed, run.fold)?;
        let inputs = fitted.of(task, &dataset)?;
        let mut sizes = BTreeMap::new();
        for (member, subject) in dataset.members.iter().enumerate() {
            let image = inputs.image(Item { member, slice: 0 }, input.index()).map_err(PlanError::data(task))?;
            sizes.extend(image.map(|image| (subject.key.clone(), image.affine.voxel_mm())));
        }
        Ok(sizes)
    }
}
