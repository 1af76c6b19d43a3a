//! `layer_entropy`: which layers the loss depends on, as a guide to those worth conditioning on a table.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::rows::Rows;
use super::super::task::RunKey;
use super::super::train::{FoldBatches, StageJob};
use super::{AnalysisResult, Field, argument};
use crate::analysis::loss_entropy::{BINS, loss_entropies};
use crate::analysis::spread;
use crate::graph::{InputId, ModuleId};
use crate::program::{Analysis, Argument, Program};
use crate::train::{Batches, ReinitializeJob, ReinitializedLosses, reinitialized_losses};
use std::sync::Arc;

/// The authors' number of draws.
const DRAWS: usize = 1000;

/// The stage whose loss is asked: the last one that trains the model.
///
/// # Errors
/// A model that nothing trains.
pub(in super::super) fn stage_of(program: &Program, model: usize) -> Result<usize> {
    let stage = program.stages.iter().rposition(|stage| stage.model == model);
    stage.ok_or_else(|| PlanError::inconsistent("the entropy of a loss is asked of a model that nothing trains"))
}

impl Context<'_> {
    /// The entropy of the validation loss over draws of each layer, in the protocol's first run.
    pub(super) fn layer_entropy(&self, task: &str, variant: usize, declared: &Analysis) -> Result<AnalysisResult> {
        let program = self.program(variant);
        let Argument::Trained(model) = argument(task, declared, "model")? else {
            return Err(PlanError::inconsistent("`layer_entropy` is asked of something that is no model"));
        };
        let draws = match declared.arguments.get("draws") {
            Some(Argument::Number(draws)) => *draws as usize,
            _ => DRAWS,
        };
        let run = self.layout.variants[variant].runs[0];
        let stage = stage_of(program, *model)?;
        let (names, subjects, found) = self.reinitialized_losses(task, variant, stage, run, draws)?;
        for (name, losses) in names.iter().zip(&found.losses) {
            if let Some(draw) = losses.iter().position(|loss| !loss.is_finite()) {
                let problem = format!(
                    "the loss is not finite with draw {} of `{name}`; a loss without logarithms of what may be 0 helps",
                    draw + 1
                );
                return Err(PlanError::task(task, problem));
            }
        }
        let entropies = loss_entropies(&found.losses, BINS).map_err(|e| PlanError::task(task, e))?;
        let method = format!(
            "entropy in bits of the loss over {draws} draws of each layer's weights, the other layers as trained; {subjects} \
             validation subjects of {}, {BINS} bins from the smallest to the largest loss of all layers (Duenias et al., \
             HyperFusion)",
            run.name(&program.protocol)
        );
        let mut analysed = AnalysisResult::new(declared, method);
        let spreads: Vec<_> = found.losses.iter().map(|losses| spread(losses).ok()).collect();
        let mut by_layer = |field: &str, values: Vec<Option<f64>>| {
            analysed.fields.insert(field.into(), Field::Columns { names: names.clone(), values });
        };
        by_layer("entropy", entropies.into_iter().map(Some).collect());
        by_layer("mean", spreads.iter().map(|s| s.map(|s| s.mean)).collect());
        by_layer("sd", spreads.iter().map(|s| s.and_then(|s| s.sd)).collect());
        analysed.fields.insert("loss".into(), Field::Number(found.loss));
        Ok(analysed)
    }

    /// Losses with each layer drawn anew, the layers' names, and how many subjects they are means over.
    fn reinitialized_losses(
        &self,
        task: &str,
        variant: usize,
        stage: usize,
        run: RunKey,
        draws: usize,
    ) -> Result<(Vec<String>, usize, ReinitializedLosses)> {
        let key = self.program_of_run(variant, run);
        let job = StageJob::of(self.program_at(key), stage)?;
        let dataset = self.dataset(variant)?;
        let split = self.split(variant, run.seed, run.fold)?;
        let fitted = self.fitted(variant, run.seed, run.fold)?;
        let inputs = fitted.of(task, &dataset)?;
        let rows = Rows::new(&job.subgraph, &inputs);
        let batches = FoldBatches::of(task, &job.stage, &rows, &split, &self.program_at(key).protocol)?;
        let subjects = batches.validation_len();
        if subjects == 0 {
            let problem = "nobody validates the model, and its loss is taken on validation subjects; \
                           give the protocol `validation: 0.1`";
            return Err(PlanError::task(task, problem));
        }
        let graph = &job.subgraph.graph;
        let is_drawn = |id: &ModuleId| graph.module(*id).weights.iter().any(|weight| weight.is_drawn());
        let layers: Vec<ModuleId> = job.stage.trainable.iter().copied().filter(is_drawn).collect();
        let names = layers.iter().map(|layer| graph.module(*layer).path.clone()).collect();
        let training_statistics = self.training_statistics(task, &job.subgraph, &batches, &fitted)?;
        let read = |positions: &[usize], wanted: &[InputId]| batches.validation(positions, wanted);
        let found = reinitialized_losses(&ReinitializeJob {
            graph: Arc::new(graph.clone()),
            loss: job.stage.loss,
            weights: &self.stage_weights(key, stage, run)?,
            layers: &layers,
            draws,
            seed: run.number(),
            training_statistics: &training_statistics,
            subjects,
            batch: job.stage.batch,
            read: &read,
            device: self.device,
            interrupt: self.options.interrupt,
        });
        match found.map_err(PlanError::train(task))? {
            Some(found) => Ok((names, subjects, found)),
            None => Err(PlanError::Interrupted { task: task.to_owned() }),
        }
    }
}
