//! Whether a program is one that a compiler of ours could have made.

use crate::graph::InputId;
use crate::plan::error::{PlanError, Result};
use crate::program::{Argument, Program};

/// Positions that would be out of range: a program that no compiler of ours has made.
pub(super) fn check(program: &Program) -> Result<()> {
    let wrong = |what: &str| Err(PlanError::inconsistent(format!("variant `{}`: {what}", program.variant)));
    if program.inputs.len() != program.graph.inputs.len() {
        return wrong("the graph has other inputs than the program");
    }
    if program.protocol.seeds.is_empty() {
        return wrong("the protocol has no seed");
    }
    if program.protocol.kind.folds() == 0 {
        return wrong("the protocol has no fold");
    }
    let models = program.models.len();
    if program.stages.iter().any(|s| s.model >= models || s.after.iter().any(|a| *a >= program.stages.len())) {
        return wrong("a stage refers to a model or a stage that is not there");
    }
    if program.scores.iter().any(|s| s.model >= models || s.ensemble.is_some_and(|e| e >= program.ensembles.len())) {
        return wrong("a score refers to a model or an ensemble that is not there");
    }
    let read =
        |b: &crate::program::Baseline| b.inputs.iter().chain([&b.target]).all(|i| i.index() < program.inputs.len());
    if program.baselines.iter().any(|b| b.model >= models || !read(b)) {
        return wrong("a baseline refers to a model or an input that is not there");
    }
    let of_input = |input: &Option<InputId>| input.is_none_or(|input| input.index() < program.inputs.len());
    if program.used.iter().any(|u| u.model >= models || u.protocol.seeds.is_empty() || !u.inputs.iter().all(of_input)) {
        return wrong("a packed model refers to a model or an input that is not there");
    }
    if program.ensembles.iter().any(|e| e.model >= models) {
        return wrong("an ensemble refers to a model that is not there");
    }
    let named = |a: &Argument| match a {
        Argument::Model(m) | Argument::Trained(m) | Argument::Output { model: m, .. } => *m < models,
        Argument::Image(input) => input.index() < program.inputs.len(),
        _ => true,
    };
    if !program.analyses.iter().flat_map(|a| a.arguments.values()).all(named) {
        return wrong("an analysis refers to a model or an image that is not there");
    }
    Ok(())
}
