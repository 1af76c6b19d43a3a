//! Images beside what a model made of them: the first test subjects of each variant's first run.

use super::super::context::Context;
use super::super::error::Result;
use super::super::predict::{Grid, Predicted};
use super::super::request::PredictionRequest;
use super::super::score::label;
use super::variant_name;
use crate::program::ScorePair;
use crate::report::content::{Picture, PictureSet, Quantity};
use crate::report::picture::three_planes;
use ndarray::{ArrayView4, Axis};

/// Subjects shown.
const SUBJECTS: usize = 2;
/// Variants shown.
const VARIANTS: usize = 6;

/// One set a scored output that is an image.
pub(super) fn pictures(context: &Context<'_>) -> Result<Vec<PictureSet>> {
    let mut sets: indexmap::IndexMap<String, PictureSet> = indexmap::IndexMap::new();
    for variant in 0..context.layout.variants.len().min(VARIANTS) {
        let program = context.program(variant);
        for model in 0..program.models.len() {
            let runs = context.runs_of(variant, model);
            let Some(run) = runs.first() else { continue };
            let Some(request) = PredictionRequest::of(program, model) else { continue };
            let predicted = context.predicted(variant, model, *run)?;
            for score in program.scores_of_runs(model) {
                for pair in score.pairs.iter().filter(|pair| pair.without.is_none()) {
                    let shown =
                        predicted.grids.iter().filter(|g| Some(g.truth) == request.truth(pair.truth)).take(SUBJECTS);
                    for grid in shown {
                        let Some(mut picture) = picture(&request, &predicted, pair, grid) else { continue };
                        picture.variant = variant_name(context, variant);
                        picture.fold = run.name(program.protocol_of(model));
                        let name = label(&score.of, &pair.key);
                        let set = sets.entry(name.clone()).or_insert_with(|| PictureSet {
                            name,
                            choice: "the first test subjects of the first fold".into(),
                            pictures: Vec::new(),
                        });
                        set.pictures.push(picture);
                    }
                }
            }
        }
    }
    Ok(sets.into_values().collect())
}

/// Three planes through the middle, of the first channel.
fn picture(request: &PredictionRequest, predicted: &Predicted, pair: &ScorePair, grid: &Grid) -> Option<Picture> {
    let node = predicted.nodes.get(request.node(pair.prediction)?)?;
    let truth = predicted.truths.get(grid.truth)?;
    let [c, x, y, z] = *truth.shape.as_slice() else { return None };
    if node.shape != truth.shape {
        return None;
    }
    let input = ArrayView4::from_shape((c, x, y, z), truth.row(grid.row)?).ok()?;
    let made = ArrayView4::from_shape((c, x, y, z), node.row(grid.row)?).ok()?;
    let (input, made) = (input.index_axis_move(Axis(0), 0), made.index_axis_move(Axis(0), 0));
    let planes =
        three_planes(input, made, [x / 2, y / 2, z / 2], grid.affine.voxel_mm(), grid.affine.at([0.0; 3])).ok()?;
    Some(Picture {
        subject: predicted.rows.get(grid.row)?.key.clone(),
        quantity: Quantity::plain(format!("{}, prepared intensity", truth.name)),
        planes,
        ..Picture::default()
    })
}
