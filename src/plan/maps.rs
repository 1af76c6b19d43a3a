//! Map tasks: the images that a model drew of everybody it is judged on, back on the grids of their scans.
//!
//! ```text
//!  predictions of a run + dataset ──▶ sub-01_desc-draw_dseg.nii.gz .. desc-draw_dseg.tsv, linked into the run's folder
//! ```
//!
//! A result of its own: images are large, and are written once however often the folder is made again.

use super::context::Context;
use super::drawn::{Channels, Drawn, probabilities};
use super::error::{PlanError, Result};
use super::index::key_here;
use super::predict::Row;
use super::request::{PredictionRequest, is_image};
use super::score::label;
use super::store::put_bytes;
use super::task::RunKey;
use crate::data::dataset::{Dataset, Item};
use crate::data::nifti::read_header;
use crate::graph::Kind;
use crate::program::{Program, Score, ScorePair};
use ndarray::ArrayView4;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::path::Path;

/// Numbers of an image that is not drawn beside others.
const LARGE: usize = 1 << 24;

/// Changes when maps change their meaning.
pub(super) const VERSION: u32 = 1;

/// The outputs of a model that are compared to images, each once, with the score that asks first.
fn drawings(program: &Program, model: usize) -> Vec<(&Score, &ScorePair)> {
    let mut found: Vec<(&Score, &ScorePair)> = Vec::new();
    for score in program.scores_of_runs(model) {
        for pair in score.pairs.iter().filter(|pair| pair.without.is_none() && is_image(program, pair.truth)) {
            let shape = &program.graph.node(pair.prediction).ty.shape;
            let is_new =
                found.iter().all(|(s, p)| (s.on, p.prediction, p.truth) != (score.on, pair.prediction, pair.truth));
            if shape.len() == 4 && is_new {
                found.push((score, pair));
            }
        }
    }
    found
}

/// What of a model decides its maps besides its predictions; `None` where it draws nothing.
pub(super) fn identity(program: &Program, model: usize) -> Option<Value> {
    let request = PredictionRequest::of(program, model)?;
    let drawn: Vec<Value> = drawings(program, model)
        .into_iter()
        .map(|(score, pair)| {
            let truth = &program.inputs[pair.truth.index()];
            json!([label(&score.of, &pair.key), score.on, request.node(pair.prediction), truth])
        })
        .collect();
    (!drawn.is_empty()).then(|| json!(drawn))
}

/// `back.t1[pet]` as the part of a file's name: `back-t1-pet`.
pub(super) fn plain(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    text.trim_matches('-').to_owned()
}

impl Context<'_> {
    /// Writes the maps of a model in a run into `folder`.
    ///
    /// # Errors
    /// Predictions or headers that cannot be read, what the operating system says.
    pub fn draw_maps(&self, task: &str, variant: usize, model: usize, run: RunKey, folder: &Path) -> Result<()> {
        let program = self.program(variant);
        let request = PredictionRequest::of(program, model).unwrap_or_default();
        let predicted = self.predicted(variant, model, run)?;
        let dataset = self.dataset(variant)?;
        let dataset: &Dataset = &dataset;
        let interrupt = self.options.interrupt;
        let fitted = self.fitted_of(variant, model, run)?;
        let inputs = fitted.of(task, dataset)?;
        for (score, pair) in drawings(program, model) {
            let Some(node) = request.node(pair.prediction).and_then(|at| predicted.nodes.get(at)) else { continue };
            let kind: &Kind = &program.graph.inputs[pair.truth.index()].ty.kind;
            let channels = Channels::of(kind, &program.inputs[pair.truth.index()]);
            let what = plain(&label(&score.of, &pair.key));
            if let Some(table) = channels.table() {
                put_bytes(&folder.join(format!("desc-{what}_dseg.tsv")), table.as_bytes())?;
            }
            let Ok(shape) = <[usize; 4]>::try_from(node.shape.as_slice()) else { continue };
            let draw = |(at, row): (usize, &Row)| -> Result<()> {
                super::context::check_interrupt(interrupt)
                    .map_err(|_| PlanError::Interrupted { task: task.to_owned() })?;
                let Some(values) = node.row(at) else { return Ok(()) };
                let key = key_here(program, Some(&row.cohort), &row.key);
                let member = dataset.place(&key).map_err(PlanError::data(task))?;
                let item = Item { member, slice: 0 };
                let image = inputs.image(item, pair.truth.index()).map_err(PlanError::data(task))?;
                let Some(image) = image else { return Ok(()) };
                let source = dataset.image_path(member, pair.truth.index()).map_err(PlanError::data(task))?;
                // A scan that has gone since is an error, not a map with another header.
                let header = source.map(|path| read_header(&path)).transpose().map_err(PlanError::data(task))?;
                let values = ArrayView4::from_shape(shape, values)
                    .map_err(|e| PlanError::inconsistent(format!("an image does not fill its shape: {e}")))?;
                let classes = matches!(channels, Channels::Classes { .. }).then(|| probabilities(values));
                let drawn = Drawn {
                    values: classes.as_ref().map_or(values, |classes| classes.view()),
                    affine: image.affine,
                    scan: header.as_ref(),
                    channels: &channels,
                };
                let subject = row.key.replace(':', "_");
                drawn.write(folder, &format!("{subject}_desc-{what}"), score.probabilities)?;
                node.values.give_back();
                Ok(())
            };
            let is_drawn = |(_, row): &(usize, &Row)| row.set == score.on && row.slice == 0;
            // Of whole heads one is drawn at a time: each takes several times its own size.
            match node.width() > LARGE {
                true => predicted.rows.iter().enumerate().filter(is_drawn).try_for_each(draw)?,
                false => predicted.rows.par_iter().enumerate().filter(is_drawn).try_for_each(draw)?,
            }
        }
        Ok(())
    }
}
