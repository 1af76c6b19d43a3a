//! `program.json.gz`: the experiment as it was compiled, so that a model can be packed from the run's folder alone.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::index::indexed;
use crate::data::Grid;
use crate::graph::{NodeId, Op};
use crate::plan::subgraph::Subgraph;
use crate::program::{Experiment, Program};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

/// The file in a run's folder.
pub(in crate::plan) const FILE: &str = "program.json.gz";
/// Changes when what is written changes its meaning.
const FORMAT: u32 = 1;
/// More than any experiment: what is read may come from anywhere.
const LARGEST: u64 = 1 << 30;

/// What was run.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::plan) struct Record<'a> {
    pub format: u32,
    /// The version of fascicle.
    pub version: String,
    pub experiment: Cow<'a, Experiment>,
    /// By variant and input: the grid of most images.
    pub grids: Vec<Vec<Option<Grid>>>,
    /// By variant: the models whose network is not that of the experiment in every fold, since settings were searched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlike: Vec<Vec<String>>,
}

/// The models of a variant whose network some run has with other settings than the file's, as far as predictions see it.
fn unlike(context: &Context<'_>, variant: usize) -> Vec<String> {
    let base = context.program(variant);
    let network = |program: &Program, model: usize| {
        let outputs = program.models[model].outputs.iter().flat_map(|output| &output.members);
        let nodes: Vec<NodeId> = outputs.map(|(_, node)| *node).collect();
        let mut graph = Subgraph::of(&program.graph, &nodes).graph;
        for node in &mut graph.nodes {
            // What training alone does is none of a prediction's.
            if let Op::Dropout { probability, .. } = &mut Arc::make_mut(node).op {
                *probability = 0.0;
            }
        }
        graph
    };
    let tasks = &context.layout.variants[variant];
    let differs = |model: &usize| {
        let own = network(base, *model);
        let trials = tasks.runs.iter().map(|run| context.program_at(context.program_of_run(variant, *run)));
        trials.into_iter().any(|program| !std::ptr::eq(program, base) && network(program, *model) != own)
    };
    let models = 0..base.models.len();
    models.filter(differs).map(|model| base.models[model].name.clone()).collect()
}

/// The bytes of the record; the same experiment gives the same.
///
/// # Errors
/// A result that cannot be read.
pub(in crate::plan) fn of(context: &Context<'_>) -> Result<Vec<u8>> {
    let grids = context.layout.variants.iter().map(|tasks| Ok(indexed(&context.folder(tasks.index)?)?.grids));
    let unlike: Vec<Vec<String>> = (0..context.layout.variants.len()).map(|variant| unlike(context, variant)).collect();
    let record = Record {
        unlike: if unlike.iter().all(Vec::is_empty) { Vec::new() } else { unlike },
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").into(),
        experiment: Cow::Borrowed(context.experiment),
        grids: grids.collect::<Result<_>>()?,
    };
    let unwritten = |problem: String| PlanError::inconsistent(format!("the program cannot be written: {problem}"));
    let json = serde_json::to_vec(&record).map_err(|e| unwritten(e.to_string()))?;
    let mut zipped = GzEncoder::new(Vec::new(), Compression::default());
    zipped.write_all(&json).and_then(|()| zipped.finish()).map_err(|e| unwritten(e.to_string()))
}

/// Reads the record of a run's folder.
///
/// # Errors
/// No such file, or one that this version does not understand.
pub(in crate::plan) fn read(folder: &Path) -> Result<Record<'static>> {
    let path = folder.join(FILE);
    let refuse = |problem: String| PlanError::Unreadable { path: path.clone(), problem };
    let file = std::fs::File::open(&path).map_err(PlanError::io("read", &path))?;
    let mut json = Vec::new();
    let read = GzDecoder::new(file).take(LARGEST).read_to_end(&mut json);
    read.map_err(|e| refuse(e.to_string()))?;
    let record: Record<'static> = serde_json::from_slice(&json).map_err(|e| refuse(e.to_string()))?;
    if record.format != FORMAT {
        return Err(refuse(format!("its format is {}, expected {FORMAT}", record.format)));
    }
    Ok(record)
}
