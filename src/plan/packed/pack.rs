//! From a run's folder to one file.

use super::super::analyse::Reference;
use super::super::baseline;
use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::fit::{FITTED, MEANS};
use super::super::folder::{analysis_name, folders, record, reference_file, run_folder, weights_file};
use super::super::predict::live_weights;
use super::super::store::get_json;
use super::super::subgraph::Subgraph;
use super::super::task::{RunKey, trained_cohorts};
use super::super::weights::read_weights;
use super::{Packed, PackedModel, PackedRun, ResidualsOfReference};
use crate::compile::PackedContents;
use crate::data::dataset::FittedInput;
use crate::data::transform::FittedTarget;
use crate::graph::{InputId, NodeId};
use crate::nn::Device;
use crate::program::{
    Analysis, AnalysisKind, Argument, Baseline, BaselineMethod, Cohort, Experiment, Model, Output, Program,
};
use crate::train::Weights;
use indexmap::IndexMap;
use std::path::{Path, PathBuf};

/// Which model of a run.
#[derive(Debug, Clone, Default)]
pub struct PackOptions {
    /// Its name; the only one where not given.
    pub model: Option<String>,
    /// The variant's name; the first where not given and there is one.
    pub variant: Option<String>,
}

/// Packs a model of a finished run, from the run's folder alone.
///
/// # Errors
/// A folder that is no finished run; a model or a variant that it does not have, or several and no choice.
pub fn pack(folder: &Path, options: &PackOptions) -> Result<Packed> {
    let refuse = |problem: String| PlanError::Packed { path: folder.to_owned(), problem };
    if !folder.join(record::FILE).is_file() {
        return Err(refuse(format!(
            "there is no {} in it; name the folder of a finished run, such as runs/quickstart (one of an earlier version \
             of fascicle is finished by running its file again)",
            record::FILE
        )));
    }
    let record = record::read(folder)?;
    let names: Vec<&str> = record.experiment.variants.iter().map(|program| program.variant.as_str()).collect();
    let at = chosen("variant", options.variant.as_deref(), &names, "--variant").map_err(refuse)?;
    let program = &record.experiment.variants[at];
    let models: Vec<&str> = program.models.iter().map(|model| model.name.as_str()).collect();
    let model = chosen("model", options.model.as_deref(), &models, "--model").map_err(refuse)?;
    if let Some(used) = program.used(model) {
        return Err(refuse(format!("`{}` was packed before this run: it is {}", models[model], used.file)));
    }
    if record.unlike.get(at).is_some_and(|unlike| unlike.contains(&models[model].to_owned())) {
        return Err(refuse(format!(
            "settings were searched, and `{}` has not one network in all folds, which a packed model has; choose settings by \
             search.tsv, run the file with them (`--set width=32` looks for nothing), and pack that run",
            models[model]
        )));
    }
    let own_method = program.baseline_of(model).and_then(|at| program.baselines.get(at));
    if let Some(baseline) = own_method.filter(|baseline| holds_people(baseline.method)) {
        return Err(refuse(format!(
            "`{}` is made of the people it was fitted on ({} keeps their columns), and no subject's data leaves a run; ridge, \
             elastic_net, logistic, decision_tree and random_forest can be packed",
            models[model],
            baseline.method.name()
        )));
    }
    let top = folder;
    let of_variant = PathBuf::from(&folders(&record.experiment)[at]);
    let folder = top.join(&of_variant);
    let reference = reference_of(top, &of_variant, &record.experiment, program, model)?;

    let (own, part) = own_program(program, model);
    let reads = part.reads;
    let mut weights = Vec::new();
    let mut runs = Vec::new();
    for run in RunKey::all(&program.protocol) {
        let of_run = folder.join(run_folder(&program.protocol, run));
        weights.push(weights_of(program, &part.subgraph, &of_run, run)?);
        let fitted: Vec<FittedInput> = get_json(&of_run.join(FITTED))?;
        let means: Vec<(InputId, Vec<f32>)> = get_json(&of_run.join(MEANS))?;
        let of_input = |input: &InputId| {
            fitted.get(input.index()).cloned().ok_or_else(|| {
                let problem = "it holds what was fitted of fewer inputs than the program has".into();
                PlanError::Unreadable { path: of_run.join(FITTED), problem }
            })
        };
        runs.push(PackedRun {
            run,
            name: run.name(&program.protocol),
            fitted: part.subgraph.inputs[..reads].iter().map(of_input).collect::<Result<_>>()?,
            units: units(program, model, &fitted),
            fitted_truths: part.subgraph.inputs[reads..].iter().map(of_input).collect::<Result<_>>()?,
            baseline: match own_method {
                Some(_) => Some(get_json(&of_run.join(format!("{}_{}", models[model], baseline::FITTED)))?),
                None => None,
            },
            reference: reference.as_ref().map_or_else(Vec::new, |reference| residuals(reference, run)),
            means: means.into_iter().filter_map(|(input, mean)| Some((part.subgraph.input_of(input)?, mean))).collect(),
        });
    }
    let trained = trained_cohorts(program);
    let cohort = program.cohorts.iter().find(|cohort| trained.contains(&cohort.name));
    let grids = record.grids.get(at).map_or(&[][..], Vec::as_slice);
    let model = PackedModel {
        version: env!("CARGO_PKG_VERSION").into(),
        experiment: record.experiment.name.clone(),
        doc: record.experiment.doc.clone(),
        reads,
        truths: part.truths,
        subject: cohort.and_then(|cohort| cohort.subject.clone()),
        rename: renames(cohort, program),
        batch: Context::rows_at_a_time(program, model),
        grids: part.subgraph.inputs[..reads].iter().map(|i| grids.get(i.index()).cloned().flatten()).collect(),
        runs,
        program: own,
        reference: reference.map(|reference| reference.of),
    };
    Packed::new(model, weights)
}

/// What the compiler would be told of a model of a program if it had run and were packed; without weights, and so without a
/// checksum. `None` where the program has no such model.
pub fn contents_of(program: &Program, model: &str) -> Option<PackedContents> {
    let at = program.models.iter().position(|known| known.name == model)?;
    let (own, part) = own_program(program, at);
    let trained = trained_cohorts(program);
    let cohort = program.cohorts.iter().find(|cohort| trained.contains(&cohort.name));
    Some(PackedContents {
        checksum: String::new(),
        reads: part.reads,
        prepared: own.inputs.len(),
        truths: part.truths,
        rename: renames(cohort, program),
        batch: Context::rows_at_a_time(program, at),
        reference: None,
        program: own,
    })
}

/// The residuals of people who are the norm: those of the first deviation of the model that the file asks for whose reference
/// is a part of who it was trained on, or of the first of all.
fn reference_of(
    folder: &Path,
    variant: &Path,
    experiment: &Experiment,
    program: &Program,
    model: usize,
) -> Result<Option<Reference>> {
    let trained = trained_cohorts(program);
    let deviates = |analysis: &&Analysis| {
        analysis.kind == AnalysisKind::NormativeDeviation
            && matches!(analysis.arguments.get("model"), Some(Argument::Model(of)) if *of == model)
    };
    let of_trained = |analysis: &&Analysis| matches!(analysis.arguments.get("reference"), Some(Argument::People { cohort, .. }) if trained.contains(cohort));
    let asked: Vec<&Analysis> = program.analyses.iter().filter(deviates).collect();
    let Some(chosen) = asked.iter().copied().find(of_trained).or(asked.first().copied()) else { return Ok(None) };
    let path = folder.join(reference_file(&analysis_name(experiment, variant, chosen)));
    // A result of an earlier version has none.
    if !path.is_file() {
        return Ok(None);
    }
    get_json(&path).map(Some)
}

fn residuals(reference: &Reference, run: RunKey) -> Vec<ResidualsOfReference> {
    reference.runs.iter().find(|of| of.run == run).map_or_else(Vec::new, |of| of.outputs.clone())
}

/// The ways back to the units of what a model predicts, by the place of the output's member.
fn units(program: &Program, model: usize, fitted: &[FittedInput]) -> Vec<(usize, FittedTarget)> {
    let members = program.models[model].outputs.iter().flat_map(|output| &output.members);
    let unit = |(place, (_, node)): (usize, &(String, NodeId))| match fitted.get(program.unit_of(*node)?.index()) {
        Some(FittedInput::Target(unit)) => Some((place, unit.clone())),
        _ => None,
    };
    members.enumerate().filter_map(unit).collect()
}

/// Columns by the names that the program uses, of every cohort that has them by another; where several differ, that of the
/// cohort that was trained on.
fn renames(trained: Option<&Cohort>, program: &Program) -> IndexMap<String, String> {
    let mut renames = IndexMap::new();
    for cohort in trained.into_iter().chain(&program.cohorts) {
        for (new, old) in &cohort.rename {
            renames.entry(new.clone()).or_insert_with(|| old.clone());
        }
    }
    renames
}

/// The place of what was asked for, or of the only one.
fn chosen(what: &str, asked: Option<&str>, names: &[&str], option: &str) -> std::result::Result<usize, String> {
    let there = names.join(", ");
    match (asked, names) {
        (Some(name), names) => names.iter().position(|known| *known == name).ok_or_else(|| {
            let near =
                crate::syntax::nearest(name, names).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            format!("the run has no {what} `{name}`{near} (there: {there})")
        }),
        (None, [_]) => Ok(0),
        (None, []) => Err(format!("the run has no {what}")),
        (None, _) => Err(format!("the run has several {what}s: {there}; choose one with {option}")),
    }
}

/// Whether what a method learns is the people themselves: its nearest, or those next to a border.
fn holds_people(method: BaselineMethod) -> bool {
    matches!(method, BaselineMethod::Nearest { .. } | BaselineMethod::Svm { .. })
}

/// The live part of a model.
struct Part {
    subgraph: Subgraph,
    /// How many of its inputs are read; what outputs are compared to comes after.
    reads: usize,
    /// By member of an output.
    truths: Vec<Option<InputId>>,
}

/// A program of the model alone, without anything of the people it was trained on.
fn own_program(program: &Program, at: usize) -> (Program, Part) {
    let declared = &program.models[at];
    let nodes: Vec<NodeId> = declared.outputs.iter().flat_map(|o| o.members.iter().map(|(_, node)| *node)).collect();
    let mut subgraph = Subgraph::of(&program.graph, &nodes);
    let reads = subgraph.inputs.len();
    let members = declared.outputs.iter().flat_map(|output| output.members.iter().map(move |member| (output, member)));
    let truths = members.map(|(output, (key, node))| truth_of(program, at, &output.name, key, *node));
    let truths: Vec<Option<InputId>> = truths.collect();
    let truths = truths.iter().map(|truth| truth.map(|input| subgraph.input(&program.graph, input))).collect();
    let target = declared.target.and_then(|target| subgraph.input_of(target));
    let own_node = |node: &NodeId| subgraph.node(*node).unwrap_or(NodeId(0));
    let outputs = declared.outputs.iter().map(|output| Output {
        name: output.name.clone(),
        members: output.members.iter().map(|(key, node)| (key.clone(), own_node(node))).collect(),
    });
    let model = Model {
        name: declared.name.clone(),
        outputs: outputs.collect(),
        target,
        live_roots: nodes.iter().map(own_node).collect(),
    };
    let inputs = subgraph.inputs.iter().map(|input| {
        let mut spec = program.inputs[input.index()].clone();
        // Wherever it was read, it is read of whom it is applied to.
        spec.cohort = None;
        spec
    });
    let own_baseline = |baseline: &Baseline| Baseline {
        model: 0,
        inputs: baseline.inputs.iter().filter_map(|input| subgraph.input_of(*input)).collect(),
        target: subgraph.input_of(baseline.target).unwrap_or(InputId(0)),
        cohorts: Vec::new(),
        method: baseline.method,
    };
    let baselines = program.baselines.iter().filter(|baseline| baseline.model == at).map(own_baseline).collect();
    let sets = program.at_least_one.iter().map(|set| set.iter().filter_map(|i| subgraph.input_of(*i)).collect());
    let own = Program {
        variant: program.variant.clone(),
        settings: program.settings.clone(),
        // They may hold paths of the machine it was trained on.
        params: IndexMap::new(),
        cohorts: Vec::new(),
        inputs: inputs.collect(),
        at_least_one: sets.filter(|set: &Vec<InputId>| !set.is_empty()).collect(),
        graph: subgraph.graph.clone(),
        models: vec![model],
        baselines,
        stages: Vec::new(),
        protocol: program.protocol.clone(),
        ensembles: Vec::new(),
        searches: Vec::new(),
        scores: Vec::new(),
        analyses: Vec::new(),
        comparisons: Vec::new(),
        used: Vec::new(),
    };
    (own, Part { subgraph, reads, truths })
}

/// What an output is compared to: what a score or a loss says, the input it is called after, or the target, as far as the shapes
/// agree.
fn truth_of(program: &Program, model: usize, output: &str, key: &str, node: NodeId) -> Option<InputId> {
    let pairs = program.scores.iter().filter(|score| score.model == model).flat_map(|score| &score.pairs);
    if let Some(pair) = pairs.clone().find(|pair| pair.prediction == node) {
        return Some(pair.truth);
    }
    if let Some(residual) = program.residuals(model).into_iter().find(|residual| residual.prediction == node) {
        return Some(residual.truth);
    }
    let named =
        |name: &str| program.inputs.iter().position(|input| input.name == name).map(|input| InputId(input as u32));
    // In pairs the second names the truth: `drawn[i, j]` has i's shape in j's contrast.
    let candidates = [named(key.rsplit(", ").next().unwrap_or(key)), program.models[model].target, named(output)];
    let found = &program.graph.node(node).ty;
    candidates.into_iter().flatten().find(|input| found.predicts(&program.graph.inputs[input.index()].ty))
}

/// The weights of a run, from its folder.
fn weights_of(program: &Program, subgraph: &Subgraph, folder: &Path, run: RunKey) -> Result<Weights> {
    let read = |stage: usize| read_weights(&folder.join(weights_file(program, stage)));
    Ok(live_weights("pack", program, subgraph, run, &Device::cpu(), &read)?.0)
}
