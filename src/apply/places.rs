//! The weights of a program, as a file sees them.

use crate::graph::{Graph, ModuleId, NodeId};
use crate::program::Program;
use fascicle_exchange::Place;

/// The weights and buffers that the outputs and losses of a program need, in the order of the graph; of one model where it
/// is named.
///
/// # Errors
/// A model that the program does not have, in words.
pub fn places(program: &Program, model: Option<&str>) -> Result<Vec<Place>, String> {
    Ok(places_of(&program.graph, &modules(program, model)?))
}

/// Names and shapes of the weights of these modules.
pub(super) fn places_of(graph: &Graph, modules: &[ModuleId]) -> Vec<Place> {
    let of_module = |id: &ModuleId| {
        let module = graph.module(*id);
        module.weights.iter().map(|w| (format!("{}.{}", module.path, w.name), w.shape.clone()))
    };
    modules.iter().flat_map(of_module).collect()
}

/// The modules that the outputs of the models, and the losses of their stages, apply.
fn modules(program: &Program, model: Option<&str>) -> Result<Vec<ModuleId>, String> {
    let chosen = chosen(program, model)?;
    let outputs = chosen.iter().flat_map(|m| &program.models[*m].outputs).flat_map(|o| &o.members).map(|(_, n)| *n);
    let losses = program.stages.iter().filter(|s| chosen.contains(&s.model)).map(|s| s.loss);
    let roots: Vec<NodeId> = outputs.chain(losses).collect();
    Ok(program.graph.live_modules(&program.graph.live(roots)))
}

/// Positions of the models that are networks: a baseline has no weights, and is fitted where it runs.
fn networks(program: &Program) -> impl Iterator<Item = usize> + '_ {
    (0..program.models.len()).filter(|at| program.baseline_of(*at).is_none())
}

/// Positions of the models asked for: the one that is named, or all.
pub(super) fn chosen(program: &Program, model: Option<&str>) -> Result<Vec<usize>, String> {
    let Some(name) = model else { return Ok(networks(program).collect()) };
    let found = networks(program).find(|at| program.models[*at].name == name);
    found.map(|position| vec![position]).ok_or_else(|| {
        let known: Vec<&str> = networks(program).map(|at| program.models[at].name.as_str()).collect();
        format!("the file has no model `{name}`; it has {}", known.join(", "))
    })
}
