//! `program.json.gz`: the experiment as it was compiled, so that a model can be packed from the run's folder alone.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::index::indexed;
use crate::data::Grid;
use crate::program::Experiment;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{Read, Write};
use std::path::Path;

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
}

/// The bytes of the record; the same experiment gives the same.
///
/// # Errors
/// A result that cannot be read.
pub(in crate::plan) fn of(context: &Context<'_>) -> Result<Vec<u8>> {
    let grids = context.layout.variants.iter().map(|tasks| Ok(indexed(&context.folder(tasks.index)?)?.grids));
    let record = Record {
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
