//! A packed model in a file that trains nothing: what a fold and its training would have left, taken from the archive.
//!
//! ```text
//!  use model norm from "norm.fascicle" ──▶ Program { used } ──▶ index ─▶ predict (a run of the archive) ─▶ score, analyse
//!                                                                          ▲ fitted steps, means, weights
//! ```

use super::super::baseline::predicted;
use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::fit::Fitted;
use super::super::predict::Values;
use super::super::sources::Sources;
use super::super::subgraph::Subgraph;
use super::super::task::RunKey;
use super::people::unlike_voxels;
use super::{Packed, PackedRun, ResidualsOfReference};
use crate::compile::PackedContents;
use crate::data::dataset::{Dataset, FittedInput, FittedInputs, Item};
use crate::graph::InputId;
use crate::program::{Program, UsedModel};
use crate::train::Weights;
use std::path::PathBuf;
use std::sync::Arc;

impl Packed {
    /// What the compiler has to know of it.
    pub fn contents(&self) -> PackedContents {
        let model = &self.model;
        let prepared = model.runs.iter().map(|run| run.fitted.len() + run.fitted_truths.len()).min();
        PackedContents {
            checksum: self.checksum.clone(),
            program: model.program.clone(),
            reads: model.reads,
            prepared: prepared.unwrap_or(model.reads),
            truths: model.truths.clone(),
            rename: model.rename.clone(),
            batch: model.batch,
            reference: model.reference.clone(),
        }
    }
}

/// The archive of a model, which must still be the one that was compiled.
fn archive(sources: &Sources<'_>, used: &UsedModel) -> Result<Arc<Packed>> {
    let packed = sources.packed(&used.file)?;
    if packed.checksum == used.checksum {
        return Ok(packed);
    }
    let problem = "it is another model than a moment ago; run again".to_owned();
    Err(PlanError::Packed { path: PathBuf::from(&used.file), problem })
}

/// Compares images with those that the packed models of a program were trained on.
///
/// # Errors
/// Voxels of another size, with their people.
pub(in super::super) fn compare_voxels(sources: &Sources<'_>, program: &Program, dataset: &Dataset) -> Result<()> {
    for used in &program.used {
        let packed = archive(sources, used)?;
        let expected = used.inputs.iter().take(used.reads).zip(&packed.model.grids);
        let expected: Vec<_> =
            expected.filter_map(|(own, grid)| Some((own.as_ref()?.index(), grid.as_ref()?))).collect();
        let told = unlike_voxels(dataset, &expected)?;
        if !told.is_empty() {
            let advice = "resample them first; a model that is to read any voxels says so where it is trained: \
                          image(.., spacing: any), or |> resample(1mm)";
            let problem = format!("{}; {advice}", told.join("\n"));
            return Err(PlanError::Packed { path: PathBuf::from(&used.file), problem });
        }
    }
    Ok(())
}

impl Context<'_> {
    /// A run of a packed model; its archive is read once.
    fn packed_run<T>(
        &self,
        used: &UsedModel,
        run: RunKey,
        work: impl FnOnce(&PackedRun, &Weights) -> Result<T>,
    ) -> Result<T> {
        let packed = archive(self.sources, used)?;
        let found = packed.model.runs.iter().zip(&packed.weights).find(|(of, _)| of.run == run);
        let (of_run, weights) =
            found.ok_or_else(|| PlanError::inconsistent(format!("`{}` has no run {run:?}", used.file)))?;
        work(of_run, weights)
    }

    /// What was fitted in a run of a packed model, for the inputs of this program; those of others are left as they are.
    ///
    /// # Errors
    /// An archive that cannot be read.
    pub(in super::super) fn packed_fitted(&self, program: &Program, used: &UsedModel, run: RunKey) -> Result<Fitted> {
        self.packed_run(used, run, |of_run, _| {
            let mut inputs = vec![FittedInput::AsItIs; program.inputs.len()];
            let fitted = of_run.fitted.iter().chain(&of_run.fitted_truths);
            for (own, fitted) in used.inputs.iter().zip(fitted) {
                if let Some(place) = own.and_then(|own| inputs.get_mut(own.index())) {
                    *place = fitted.clone();
                }
            }
            let own = |input: InputId| used.inputs.get(input.index()).copied().flatten();
            let means = of_run.means.iter().filter_map(|(input, mean)| Some((own(*input)?, mean.clone())));
            Ok(Fitted::new(inputs, means.collect()))
        })
    }

    /// The weights of a live part of a packed model in a run.
    ///
    /// # Errors
    /// An archive that cannot be read, or that lacks one of them.
    pub(in super::super) fn packed_weights(
        &self,
        used: &UsedModel,
        subgraph: &Subgraph,
        run: RunKey,
    ) -> Result<Weights> {
        self.packed_run(used, run, |_, weights| {
            let names =
                subgraph.graph.modules.iter().flat_map(|module| {
                    module.weights.iter().map(move |weight| format!("{}.{}", module.path, weight.name))
                });
            names
                .map(|name| match weights.get(&name) {
                    Some(weight) => Ok((name, weight.clone())),
                    None => {
                        let problem = format!("it has no weight `{name}`; pack the run again");
                        Err(PlanError::Packed { path: PathBuf::from(&used.file), problem })
                    }
                })
                .collect()
        })
    }

    /// What a packed baseline predicts for items in a run.
    ///
    /// # Errors
    /// An archive that cannot be read, people that cannot be prepared.
    pub(in super::super) fn packed_baseline(
        &self,
        task: &str,
        (program, used): (&Program, &UsedModel),
        run: RunKey,
        people: (&FittedInputs<'_>, &[Item]),
    ) -> Result<Values> {
        let read = used.baseline.as_deref().unwrap_or_default();
        self.packed_run(used, run, |of_run, _| match &of_run.baseline {
            Some(fitted) => predicted(task, program, read, fitted, people),
            None => Err(PlanError::inconsistent(format!("`{}` is no baseline", used.file))),
        })
    }

    /// Mean and spread of the residuals of the reference in a run of a packed model, by output.
    ///
    /// # Errors
    /// An archive that cannot be read.
    pub(in super::super) fn packed_reference(
        &self,
        used: &UsedModel,
        run: RunKey,
    ) -> Result<Vec<ResidualsOfReference>> {
        self.packed_run(used, run, |of_run, _| Ok(of_run.reference.clone()))
    }

    /// Whose residuals those are.
    ///
    /// # Errors
    /// An archive that cannot be read.
    pub(in super::super) fn packed_reference_name(&self, used: &UsedModel) -> Result<Option<String>> {
        Ok(archive(self.sources, used)?.model.reference.clone())
    }
}
