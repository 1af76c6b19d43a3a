//! `smooth_grad`: how strongly an output of a model changes with each voxel of an image, for people it has not seen.
//!
//! The norm of a gradient does not depend on what the single coordinates of an output mean, so that maps of several
//! models can stand beside one another: everybody's is that of the models, among those of the protocol's first seed, that
//! have not seen them. Whoever is held out of all folds has the mean over all of these.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::request::PredictionRequest;
use super::super::rows::Rows;
use super::super::subgraph::Subgraph;
use super::super::task::RunKey;
use super::super::train::means_of;
use super::items::{sets, sets_name};
use super::table::Table;
use super::voxels::{Place, Space, VoxelMaps};
use super::{AnalysisResult, Field, argument};
use crate::analysis::saliency::{add_noise, joined};
use crate::data::affine::Affine;
use crate::data::dataset::{Augmentation, Item};
use crate::data::transform::{full_width, gaussian_filter};
use crate::graph::{InputId, NodeId};
use crate::nn::Batch;
use crate::program::{Analysis, Argument, ImageMask};
use crate::train::{DataError, SaliencyJob, TrainingStatistics, saliency};
use indexmap::IndexMap;
use ndarray::ArrayViewMut3;
use rayon::prelude::*;
use std::sync::Arc;

/// Grids that lie farther apart than this share of a voxel are told of.
const APART: f64 = 0.1;

/// What is asked.
struct Asking {
    model: usize,
    /// The output as the file names it, and its node.
    output: String,
    node: NodeId,
    input: InputId,
    noise: f64,
    times: usize,
    sd_mm: f64,
    mask: ImageMask,
}

/// The map of somebody, growing by the models that have not seen them.
struct Seen {
    sum: Vec<f32>,
    models: u32,
    place: Place,
}

impl Seen {
    /// The mean over the models, smoothed, at the voxels of the mask.
    fn finished(self, space: &Space, sd_mm: f64) -> Result<Vec<f32>> {
        let models = self.models as f32;
        let mut mean: Vec<f32> = self.sum.into_iter().map(|v| v / models).collect();
        let volume = ArrayViewMut3::from_shape(space.shape, &mut mean);
        let volume = volume.map_err(|e| PlanError::inconsistent(format!("a map does not fill its grid: {e}")))?;
        gaussian_filter(volume, self.place.affine.voxel_mm().map(|mm| sd_mm / mm));
        Ok(space.voxels.iter().map(|voxel| mean[*voxel]).collect())
    }
}

impl Asking {
    fn of(task: &str, declared: &Analysis) -> Result<Self> {
        let wrong = |what: &str| PlanError::inconsistent(format!("`smooth_grad` is asked {what}"));
        let Argument::Output { model, output, members } = argument(task, declared, "output")? else {
            return Err(wrong("of something that is no output"));
        };
        let [(key, node)] = members.as_slice() else { return Err(wrong("of several outputs")) };
        let Argument::Image(input) = argument(task, declared, "of")? else {
            return Err(wrong("about something that is no image"));
        };
        let noise = declared.number("noise").unwrap_or(0.0);
        let times = declared.number("times").unwrap_or(1.0) as usize;
        Ok(Self {
            model: *model,
            output: super::super::score::label(output, key),
            node: *node,
            input: *input,
            noise,
            // Copies without noise are one and the same.
            times: if noise > 0.0 { times.max(1) } else { 1 },
            sd_mm: declared.number("smooth").unwrap_or(0.0),
            mask: match declared.word("mask") {
                Some("all") => ImageMask::All,
                Some("above_mean") => ImageMask::AboveMean,
                _ => ImageMask::Nonzero,
            },
        })
    }
}

impl Context<'_> {
    /// The maps of those whom a model has not seen, their mean, and how large they are.
    pub(super) fn smooth_grad(&self, task: &str, variant: usize, declared: &Analysis) -> Result<AnalysisResult> {
        let program = self.program(variant);
        let asking = Asking::of(task, declared)?;
        let spec = &program.inputs[asking.input.index()];
        let shape = grid_of(&spec.shape);
        let voxels: usize = shape.iter().product();
        let runs = self.runs_of(variant, asking.model);
        let first = *runs.first().ok_or_else(|| PlanError::inconsistent("the protocol has no run"))?;
        let runs: Vec<RunKey> = runs.iter().copied().filter(|run| run.seed == first.seed).collect();

        let mut seen: IndexMap<String, Seen> = IndexMap::new();
        let mut inside = vec![false; voxels];
        for run in &runs {
            self.look(task, variant, declared, &asking, *run, (&mut seen, &mut inside))?;
        }
        let Some(place) = seen.values().next().map(|one| one.place.clone()) else {
            return Err(PlanError::task(task, format!("{} have no `{}`", sets_name(declared), spec.name)));
        };
        let mask: Vec<usize> = (0..voxels).filter(|voxel| inside[*voxel]).collect();
        if mask.is_empty() {
            let problem = format!("no voxel of `{}` differs from its background; use `mask: all`", spec.name);
            return Err(PlanError::task(task, problem));
        }
        let space = Space { shape, place, as_source: false, voxels: mask };
        let method = self.told(&asking, declared, variant, (&runs, seen.len()));
        let mut analysed = AnalysisResult::new(declared, method);
        analysed.notes.extend(apart(&space, seen.values(), &spec.name));

        let finished: Vec<(String, Place, Vec<f32>)> = seen
            .into_iter()
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|(name, one)| Ok((name, one.place.clone(), one.finished(&space, asking.sd_mm)?)))
            .collect::<Result<_>>()?;
        let (mut names, mut places, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for (name, place, map) in finished {
            names.push(name);
            places.push(place);
            values.push(map);
        }
        if let Some(at) = values.iter().position(|map| map.iter().any(|v| !v.is_finite())) {
            let problem = format!("the gradient at {} is not finite; lower the learning rate, or clip it", names[at]);
            return Err(PlanError::task(task, problem));
        }
        let n = space.voxels.len() as f64;
        let magnitude = |map: &Vec<f32>| vec![Some(map.iter().map(|v| f64::from(*v)).sum::<f64>() / n)];
        let magnitude = Table {
            names: vec!["magnitude".into()],
            subjects: names.clone(),
            values: values.iter().map(magnitude).collect(),
        };
        let maps = VoxelMaps { space, names, values };
        let mean = maps.mean(&(0..maps.names.len()).collect::<Vec<_>>());
        let fields = &mut analysed.fields;
        fields.insert("people".into(), Field::Number(maps.names.len() as f64));
        fields.insert("voxels".into(), Field::Number(n));
        fields.insert("magnitude".into(), Field::Subjects(magnitude));
        fields
            .insert("mean".into(), Field::Maps { names: vec![String::new()], places: Vec::new(), values: vec![mean] });
        fields.insert("maps".into(), Field::Maps { names: maps.names, places, values: maps.values });
        analysed.space = Some(maps.space);
        Ok(analysed)
    }

    /// Adds what one model makes of the people that it has not seen, and which voxels their images fill.
    fn look(
        &self,
        task: &str,
        variant: usize,
        declared: &Analysis,
        asking: &Asking,
        run: RunKey,
        (seen, inside): (&mut IndexMap<String, Seen>, &mut [bool]),
    ) -> Result<()> {
        let key = self.program_of_run(variant, run);
        let (program, node) = (self.program_at(key), self.node_of_run(variant, run, asking.model, asking.node)?);
        let subgraph = Subgraph::of(&program.graph, &[node]);
        let (Some(output), Some(input)) = (subgraph.node(node), subgraph.input_of(asking.input)) else {
            return Err(PlanError::inconsistent("the output does not depend on the image"));
        };
        let dataset = self.dataset(variant)?;
        let fitted = self.fitted_of(variant, asking.model, run)?;
        let inputs = fitted.of(task, &dataset)?;
        let reader = Rows::new(&subgraph, &inputs);
        let people = self.unseen(task, variant, declared, asking, run)?;
        let mut affines = Vec::with_capacity(people.len());
        for item in &people {
            let image = inputs.image(*item, asking.input.index()).map_err(PlanError::data(task))?;
            let image = image.ok_or_else(|| PlanError::inconsistent("somebody has lost an image"))?;
            let foreground = image.foreground(&asking.mask);
            inside.iter_mut().zip(foreground).for_each(|(any, this)| *any |= this);
            affines.push(image.affine);
        }
        let views = dataset.views();
        let input_shape = &subgraph.graph.inputs[input.index()].ty.shape;
        let size: usize = input_shape.iter().product();
        let read = |looks: &[(usize, usize)], wanted: &[InputId]| -> std::result::Result<Batch, DataError> {
            let rows: Vec<_> =
                looks.iter().map(|(at, look)| (people[*at], Augmentation::Fixed { view: look % views })).collect();
            let mut batch = reader.batch(&rows, wanted)?;
            let image = batch.inputs.get_mut(input.index()).and_then(Option::as_mut);
            let image = image.ok_or("the network does not read the image")?;
            for (values, (at, look)) in image.values.chunks_exact_mut(size.max(1)).zip(looks) {
                let Item { member, slice } = people[*at];
                let key = format!("saliency {} {} {slice} {}", run.number(), look / views, dataset.members[member].key);
                add_noise(values, asking.noise, blake3::hash(key.as_bytes()).as_bytes());
            }
            Ok(batch)
        };
        let found = saliency(&SaliencyJob {
            graph: Arc::new(subgraph.graph.clone()),
            output,
            input,
            weights: &self.model_weights(task, (key, asking.model), &subgraph, run)?,
            training_statistics: &TrainingStatistics {
                means: means_of(&subgraph, &fitted),
                ..TrainingStatistics::default()
            },
            subjects: people.len(),
            looks: asking.times * views,
            batch: Self::rows_at_a_time(program, asking.model),
            read: &read,
            device: self.device,
            interrupt: self.options.interrupt,
        });
        let found = found.map_err(PlanError::train(task))?;
        let found = found.ok_or_else(|| PlanError::Interrupted { task: task.to_owned() })?;
        for ((item, affine), map) in people.iter().zip(affines).zip(found) {
            let map = joined(&map, inside.len());
            let name = dataset.members[item.member].key.clone();
            if let Some(one) = seen.get_mut(&name) {
                one.sum.iter_mut().zip(&map).for_each(|(sum, v)| *sum += v);
                one.models += 1;
                continue;
            }
            let source = dataset.image_path(item.member, asking.input.index()).map_err(PlanError::data(task))?;
            seen.insert(name, Seen { sum: map, models: 1, place: Place { affine, source } });
        }
        Ok(())
    }

    /// The people that are asked of in a run: who has the output and the image.
    fn unseen(
        &self,
        task: &str,
        variant: usize,
        declared: &Analysis,
        asking: &Asking,
        run: RunKey,
    ) -> Result<Vec<Item>> {
        let request = PredictionRequest::of(self.program(variant), asking.model).unwrap_or_default();
        let predicted = self.predicted(variant, asking.model, run)?;
        let output = request.node(asking.node).and_then(|at| predicted.nodes.get(at));
        let output = output.ok_or_else(|| PlanError::inconsistent("an output is not among the predictions"))?;
        let dataset = self.dataset(variant)?;
        let mut people = Vec::new();
        for (at, row) in predicted.rows.iter().enumerate() {
            if !sets(declared).contains(&row.set) || output.row(at).is_none() {
                continue;
            }
            let member = dataset.place(&row.key).map_err(PlanError::data(task))?;
            if dataset.has(member, asking.input.index()) {
                people.push(Item { member, slice: row.slice });
            }
        }
        Ok(people)
    }

    /// What was done, in a sentence.
    fn told(&self, asking: &Asking, declared: &Analysis, variant: usize, (runs, people): (&[RunKey], usize)) -> String {
        let program = self.program(variant);
        let numbers = program.graph.node(asking.node).ty.len();
        let image = &program.inputs[asking.input.index()].name;
        let of = match numbers {
            1 => format!("size of the gradient of {}", asking.output),
            n => format!("Euclidean norm of the gradients of the {n} numbers of {}", asking.output),
        };
        let copies = match asking.noise {
            0.0 => String::new(),
            noise => format!(
                ", each the mean over {} copies of the image with Gaussian noise of standard deviation {noise} of its \
                 range (SmoothGrad: Smilkov et al., 2017)",
                asking.times
            ),
        };
        let smoothed = match asking.sd_mm {
            0.0 => String::new(),
            sd => format!(
                "; smoothed by a Gaussian of standard deviation {sd} mm ({:.1} mm at half maximum)",
                full_width(sd)
            ),
        };
        let whose = match runs {
            [_] => "by the model of".to_owned(),
            runs => format!("of the {} models of", runs.len()),
        };
        let seed = runs.first().map_or(0, |run| run.seed);
        let more =
            if runs.len() > 1 { ": everybody's is the mean over those of them that had not seen them" } else { "" };
        format!(
            "{of} with respect to {image} at each voxel{copies}{smoothed}; {people} people, {}, {whose} seed {seed}{more}",
            sets_name(declared)
        )
    }
}

/// Voxels along three axes; a 2D image has one along the last.
fn grid_of(shape: &[usize]) -> [usize; 3] {
    match shape {
        [_, x, y, z] => [*x, *y, *z],
        [_, x, y] => [*x, *y, 1],
        other => [other.iter().product(), 1, 1],
    }
}

/// Tells of images that are not in one space, so that voxels of one place are of several parts of the brain.
fn apart<'a>(space: &Space, seen: impl Iterator<Item = &'a Seen>, image: &str) -> Option<String> {
    let corners = |affine: &Affine| {
        let end = space.shape.map(|n| n.saturating_sub(1) as f64);
        [affine.at([0.0; 3]), affine.at(end)]
    };
    let first = corners(&space.place.affine);
    let voxel = space.place.affine.voxel_mm().into_iter().fold(f64::INFINITY, f64::min);
    let farthest = seen
        .flat_map(|one| corners(&one.place.affine).into_iter().zip(first))
        .map(|(a, b)| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt())
        .fold(0.0, f64::max);
    (farthest > APART * voxel).then(|| {
        format!(
            "the images of `{image}` do not lie in one space (their corners are up to {farthest:.1} mm apart): means and tests \
             compare voxels of one number, and lie where the first subject's image does; bring the images to a template \
             first"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(origin: f64) -> Seen {
        let affine = Affine::IDENTITY.regrid([origin, 0.0, 0.0], [2.0; 3]);
        Seen { sum: vec![0.0, 4.0, 0.0, 0.0], models: 2, place: Place { affine, source: None } }
    }

    #[test]
    fn images_that_do_not_lie_in_one_space_are_told_of() {
        let space = Space { shape: [4, 1, 1], place: seen(0.0).place, as_source: false, voxels: vec![0, 1] };
        let told = |origins: [f64; 2]| apart(&space, origins.map(seen).iter(), "t1");
        assert_eq!(told([0.0, 0.1]), None, "a twentieth of a voxel");
        assert!(told([0.0, -7.25]).is_some_and(|note| note.contains("`t1`") && note.contains("7.2 mm apart")));
    }

    #[test]
    fn a_map_is_the_mean_over_models_smoothed_in_mm_where_the_mask_is() -> Result<()> {
        let space = Space { shape: [4, 1, 1], place: seen(0.0).place, as_source: false, voxels: vec![1, 3] };
        assert_eq!(seen(0.0).finished(&space, 0.0)?, [2.0, 0.0]);
        // 2 mm are one voxel: the weight at distance 0 and 2 of a Gaussian over the integers, and their mirror images.
        let smooth = seen(0.0).finished(&space, 2.0)?;
        let weight = |k: i32| {
            (-0.5 * f64::from(k * k)).exp() / (-4..=4).map(|k: i32| (-0.5 * f64::from(k * k)).exp()).sum::<f64>()
        };
        let expected = [weight(0) + weight(3), weight(2) + weight(3)].map(|w| 2.0 * w);
        assert!(smooth.iter().zip(expected).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-6), "{smooth:?} {expected:?}");
        Ok(())
    }
}
