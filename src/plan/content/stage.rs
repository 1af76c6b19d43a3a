//! Learning curves.

use super::super::context::Context;
use super::super::error::Result;
use super::variant_name;
use crate::report::content::{Curve, EpochLoss, Quantity, Run, Stage};

/// One entry a `train` block, with every variant and run.
pub(super) fn stages(context: &Context<'_>) -> Result<Vec<Stage>> {
    let mut found: indexmap::IndexMap<String, Stage> = indexmap::IndexMap::new();
    for (variant, tasks) in context.layout.variants.iter().enumerate() {
        let program = context.program(variant);
        for (at, declared) in program.stages.iter().enumerate() {
            let mut curve = Curve { variant: variant_name(context, variant), runs: Vec::new() };
            for key in &tasks.runs {
                let history = context.history(context.program_of_run(variant, *key), at, *key)?;
                let epoch = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
                let epochs = &history.epochs;
                curve.runs.push(Run {
                    fold: key.fold_name(&program.protocol),
                    seed: key.seed,
                    train: epochs.iter().map(|e| EpochLoss { epoch: epoch(e.epoch), loss: e.train_loss }).collect(),
                    validation: epochs
                        .iter()
                        .filter_map(|e| Some(EpochLoss { epoch: epoch(e.epoch), loss: e.validation_loss? }))
                        .collect(),
                    best: Some(epoch(history.best_epoch)),
                });
            }
            let stage = found.entry(declared.name.clone()).or_insert_with(|| Stage {
                name: declared.name.clone(),
                loss: Quantity::plain("loss"),
                logarithmic: false,
                curves: Vec::new(),
            });
            stage.curves.push(curve);
        }
    }
    Ok(found.into_values().collect())
}
