//! What decides a training and a prediction, hashed once for all runs of a program.

use crate::graph::{Coalesce, InputId, Op};
use crate::plan::baseline;
use crate::plan::error::Result;
use crate::plan::fingerprint::Parts;
use crate::plan::predict;
use crate::plan::request::PredictionRequest;
use crate::plan::sources::Sources;
use crate::plan::subgraph::Subgraph;
use crate::plan::train::{self, StageJob};
use crate::program::{InputSpec, Program, Subset};

/// What decides the trainings of a program in every run.
pub(super) struct TrainingParts {
    pub stages: Vec<StageParts>,
    pub baselines: Vec<Parts>,
}

impl TrainingParts {
    pub fn of(program: &Program, sources: &Sources<'_>) -> Result<Self> {
        let of_baseline = |declared| {
            let parts = Parts::new("baseline", baseline::VERSION);
            parts.with("method, inputs and target", &baseline::identity(program, declared))
        };
        Ok(Self {
            stages: (0..program.stages.len())
                .map(|stage| StageParts::of(program, stage, sources))
                .collect::<Result<_>>()?,
            baselines: program.baselines.iter().map(of_baseline).collect::<Result<_>>()?,
        })
    }
}

/// What decides a stage's result in every run.
pub(super) struct StageParts {
    pub parts: Parts,
    /// Stages whose weights it takes over.
    pub sources: Vec<(usize, usize)>,
}

impl StageParts {
    pub fn of(program: &Program, stage: usize, sources: &Sources<'_>) -> Result<Self> {
        let job = StageJob::of(program, stage)?;
        let mut parts = Parts::new("train", train::VERSION)
            .with("network", &job.subgraph.graph)?
            .with("settings of the stage", &train::settings_identity(&job))?
            .with("inputs", &specs_of(program, &job.subgraph))?;
        for (to, file) in &job.loads {
            parts = parts.with(format!("weights of `{to}` from {file}"), &sources.weights(file)?)?;
        }
        Ok(Self { parts, sources: job.sources().collect() })
    }
}

/// What decides a model's predictions in every run.
pub(super) struct ModelParts {
    pub model: usize,
    pub parts: Parts,
    /// Stages that trained its weights.
    pub stages: Vec<usize>,
    /// Whether people of cohorts that train nothing are predicted.
    pub reads_all: bool,
    /// The baseline that it is.
    pub baseline: Option<usize>,
    /// The checksum of the packed model that it is.
    pub packed: Option<String>,
}

impl ModelParts {
    /// Those of all models that something is asked of.
    pub fn all(program: &Program) -> Result<Vec<Self>> {
        let asked = |model| Some((model, PredictionRequest::of(program, model)?));
        let requests = (0..program.models.len()).filter_map(asked);
        requests.map(|(model, request)| Self::of(program, model, &request)).collect()
    }

    pub fn of(program: &Program, model: usize, request: &PredictionRequest) -> Result<Self> {
        let subgraph = Subgraph::of(&program.graph, &request.nodes);
        let truths: Vec<&InputSpec> = request.truths.iter().map(|i| &program.inputs[i.index()]).collect();
        let origins = predict::origins(program, &subgraph);
        let roots: Vec<_> = request.nodes.iter().map(|node| subgraph.node(*node)).collect();
        let trained_by: Vec<_> = origins.iter().map(|o| o.map(|stage| program.stages[stage].name.clone())).collect();
        let parts = Parts::new("predict", predict::VERSION)
            .with("network", &(&subgraph.graph, roots))?
            .with("inputs", &specs_of(program, &subgraph))?
            .with("truths", &truths)?
            .with("people", &request.sets)?
            .with("origin of the weights", &trained_by)?;
        let parts = match request.without.is_empty() {
            true => parts,
            false => {
                let left_out = request.without.iter().map(|(input, nodes)| {
                    let nodes: Vec<_> = nodes.iter().map(|node| subgraph.node(*node)).collect();
                    (subgraph.input_of(*input), nodes)
                });
                let left_out: Vec<_> = left_out.collect();
                parts.with("inputs left out", &(left_out, &program.at_least_one))?
            }
        };
        let mut stages: Vec<usize> = origins.into_iter().flatten().collect();
        stages.sort_unstable();
        stages.dedup();
        let (reads_all, baseline) = (request.sets.contains(&Subset::All), program.baseline_of(model));
        let packed = program.used(model).map(|used| used.checksum.clone());
        Ok(Self { model, parts, stages, reads_all, baseline, packed })
    }
}

/// How the inputs of a live part are read.
fn specs_of<'p>(program: &'p Program, subgraph: &Subgraph) -> Vec<&'p InputSpec> {
    subgraph.inputs.iter().map(|input| &program.inputs[input.index()]).collect()
}

/// The inputs of which somewhere stands `x ?? mean`.
pub(in crate::plan) fn mean_inputs(program: &Program) -> Vec<InputId> {
    let mut inputs: Vec<InputId> = program
        .graph
        .nodes
        .iter()
        .filter(|node| node.op == Op::Coalesce(Coalesce::TrainingMean))
        .filter_map(|node| match program.graph.node(*node.inputs.first()?).op {
            Op::Input(input) => Some(input),
            _ => None,
        })
        .collect();
    inputs.sort_unstable();
    inputs.dedup();
    inputs
}
