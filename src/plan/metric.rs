//! One metric of predictions and truths.
//!
//! ```text
//!  Paired { truth, predicted, what } ──evidence(metric)──▶ Evidence ──value(rows)──▶ number
//! ```
//!
//! Classes come as logits, of which the softmax is taken. Numbers are judged element by element and averaged over
//! elements; images subject by subject (a score of its own each) and averaged over subjects, so that a bootstrap draws
//! subjects without computing an image twice.

use crate::analysis::error::{AnalysisError, Result};
use crate::analysis::metrics::image::{self, volume_similarity};
use crate::analysis::metrics::lesion::lesion_f1;
use crate::analysis::metrics::surface::{average_surface_distance, surface_dice};
use crate::analysis::{
    Average, ClassScores, ConfusionMatrix, DrawnNumbers, DrawnRanks, ErrorKind, Noise, RegionPairs, RegionPlaces, Ssim,
    average_precision, brier, brier_of_class, calibration_error, concordance, dice, hausdorff, intersection_over_union,
    mean_absolute_error, mean_squared_error, most_probable, normalised_difference, pearson, psnr, r2,
    roc_auc_one_vs_rest, root_mean_squared_error, spearman,
};
use crate::graph::{InputId, Kind};
use crate::program::{self, Cnr, ImageStep, InputSource, JudgedImage, Metric, Program};
use ndarray::{Array2, Array3, ArrayView, ArrayView3, ArrayViewD, Axis, Ix1, IxDyn};

/// What is predicted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum TargetType {
    /// One of so many classes.
    Class(usize),
    /// One of so many classes at every place.
    Mask(usize),
    /// A number, or a row of them.
    Numbers,
    /// An image; the span of possible intensities, where it is known.
    Image(Option<f64>),
}

/// Predictions beside their truths, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PairedValues {
    pub what: TargetType,
    pub rows: usize,
    pub truth: Vec<f32>,
    pub truth_shape: Vec<usize>,
    pub predicted: Vec<f32>,
    pub predicted_shape: Vec<usize>,
    /// The mean of the training subjects, where a metric is relative to it.
    pub training_mean: Option<Vec<f32>>,
    /// The extents of a voxel in millimetres, by row, where a metric is a distance.
    pub voxel_mm: Vec<[f64; 3]>,
}

/// What a metric is computed from.
#[derive(Debug, Clone)]
pub(super) enum MetricInput {
    Classes {
        truth: Vec<usize>,
        probabilities: Array2<f64>,
        /// The class that alone is asked for.
        class: Option<usize>,
        /// For areas under the curve.
        ranks: Option<DrawnRanks>,
    },
    /// By element, then by row.
    Numbers { truth: Vec<Vec<f64>>, predicted: Vec<Vec<f64>> },
    /// For errors and R2; all of them finite.
    Errors(DrawnNumbers),
    /// A score each, or why there is none.
    ByRow(Vec<Result<f64>>),
    /// The error of each, and that of the mean of the training subjects.
    Skill { error: Vec<f64>, of_mean: Vec<f64> },
}

impl TargetType {
    /// What an input holds.
    pub fn of(program: &Program, input: InputId) -> Self {
        let spec = &program.inputs[input.index()];
        match (&program.graph.inputs[input.index()].ty.kind, &spec.source) {
            (Kind::Class(levels), _) => Self::Class(levels.len()),
            (Kind::Mask(levels), _) => Self::Mask(levels.len()),
            (_, InputSource::Image { steps, .. }) => Self::Image(steps.iter().rev().find_map(|step| match step {
                ImageStep::Rescale { to, .. } => Some(to.1 - to.0),
                _ => None,
            })),
            _ => Self::Numbers,
        }
    }
}

impl PairedValues {
    /// Nothing yet.
    pub fn new(what: TargetType, truth_shape: &[usize], predicted_shape: &[usize]) -> Self {
        let (truth_shape, predicted_shape) = (truth_shape.to_vec(), predicted_shape.to_vec());
        Self {
            what,
            rows: 0,
            truth: Vec::new(),
            truth_shape,
            predicted: Vec::new(),
            predicted_shape,
            training_mean: None,
            voxel_mm: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn push(&mut self, truth: &[f32], predicted: &[f32]) {
        self.truth.extend_from_slice(truth);
        self.predicted.extend_from_slice(predicted);
        self.rows += 1;
    }

    /// Without its rows.
    pub fn clear(&mut self) {
        self.rows = 0;
        self.truth.clear();
        self.predicted.clear();
        self.voxel_mm.clear();
    }

    /// What a metric is computed from, of all classes together or of one.
    ///
    /// # Errors
    /// Predictions that are not finite.
    pub fn evidence(&self, metric: Metric, class: Option<usize>) -> Result<MetricInput> {
        match self.what {
            TargetType::Class(classes) => self.classes(metric, classes, class),
            _ if metric == Metric::Skill => self.skill(),
            TargetType::Numbers if is_by_element(metric) => Ok(self.numbers(metric)),
            _ => Ok(MetricInput::ByRow((0..self.rows).map(|row| self.score_of_row(metric, class, row)).collect())),
        }
    }

    fn row(&self, row: usize) -> (&[f32], &[f32]) {
        let of = |values: &'_ [f32], shape: &[usize]| {
            let width: usize = shape.iter().product();
            (row * width, ((row + 1) * width).min(values.len()))
        };
        let (t, p) = (of(&self.truth, &self.truth_shape), of(&self.predicted, &self.predicted_shape));
        (&self.truth[t.0..t.1], &self.predicted[p.0..p.1])
    }

    fn classes(&self, metric: Metric, classes: usize, class: Option<usize>) -> Result<MetricInput> {
        let mut probabilities = Array2::zeros((self.rows, classes));
        for (row, mut to) in probabilities.rows_mut().into_iter().enumerate() {
            for (p, from) in to.iter_mut().zip(softmax(self.row(row).1)) {
                *p = from;
            }
        }
        let truth: Vec<usize> = self.truth.iter().map(|v| *v as usize).collect();
        // Where there are none, each draw says why.
        let ranks = (metric == Metric::Auc).then(|| DrawnRanks::new(&truth, probabilities.view()).ok()).flatten();
        Ok(MetricInput::Classes { truth, probabilities, class, ranks })
    }

    fn numbers(&self, metric: Metric) -> MetricInput {
        let width: usize = self.truth_shape.iter().product();
        if matches!(metric, Metric::Mae | Metric::Mse | Metric::Rmse | Metric::R2) {
            let doubles = |values: &[f32]| values.iter().map(|v| f64::from(*v)).collect::<Vec<_>>();
            if let Ok(numbers) = DrawnNumbers::new(doubles(&self.truth), &doubles(&self.predicted), width) {
                return MetricInput::Errors(numbers);
            }
        }
        let columns = |values: &[f32]| {
            (0..width).map(|j| values.iter().skip(j).step_by(width.max(1)).map(|v| f64::from(*v)).collect()).collect()
        };
        MetricInput::Numbers { truth: columns(&self.truth), predicted: columns(&self.predicted) }
    }

    /// Murphy (1988): what is gained over the answer that knows the training subjects and nothing of this one.
    fn skill(&self) -> Result<MetricInput> {
        let Some(mean) = &self.training_mean else {
            return Err(AnalysisError::Undefined {
                what: "the skill",
                reason: "the mean of the training images is not at hand; an epoch can be chosen by `mse`",
            });
        };
        let (mut error, mut of_mean) = (Vec::with_capacity(self.rows), Vec::with_capacity(self.rows));
        for row in 0..self.rows {
            let (truth, predicted) = self.row(row);
            let t = ArrayView::<f32, Ix1>::from(truth);
            error.push(image::mse(t, ArrayView::<f32, Ix1>::from(predicted))?);
            of_mean.push(image::mse(t, ArrayView::<f32, Ix1>::from(mean))?);
        }
        Ok(MetricInput::Skill { error, of_mean })
    }

    fn score_of_row(&self, metric: Metric, class: Option<usize>, row: usize) -> Result<f64> {
        let (truth, predicted) = self.row(row);
        if let TargetType::Mask(classes) = self.what {
            let grid = Grid::of(&self.truth_shape, self.voxel_mm.get(row));
            return score_of_mask(metric, (truth, predicted), classes, class, grid);
        }
        let (t, p) = (ArrayView::<f32, Ix1>::from(truth), ArrayView::<f32, Ix1>::from(predicted));
        let numbers = |values: &[f32]| values.iter().map(|v| f64::from(*v)).collect::<Vec<_>>();
        let range = || match self.what {
            TargetType::Image(Some(range)) => range,
            _ => {
                let bounds = truth.iter().fold((f32::MAX, f32::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
                f64::from(bounds.1) - f64::from(bounds.0)
            }
        };
        match metric {
            Metric::Mse => image::mse(t, p),
            Metric::Rmse => image::mse(t, p).map(f64::sqrt),
            Metric::Mae => image::mae(t, p),
            Metric::Psnr => psnr(t, p, range()),
            Metric::NormDiff => normalised_difference(t, p, Average::Mean, false),
            Metric::NormDiffBy(form) => normalised_difference(t, p, average(form.over), form.signed),
            Metric::R2 => r2(&numbers(truth), &numbers(predicted)),
            Metric::Pearson => pearson(&numbers(truth), &numbers(predicted)).map(|c| c.r),
            Metric::Spearman => spearman(&numbers(truth), &numbers(predicted)).map(|c| c.r),
            Metric::Ssim => self.ssim(truth, predicted, &Ssim::uniform(range())),
            Metric::Dice => self.dice_of_channels(truth, predicted),
            Metric::Cnr(cnr) => self.contrast_to_noise(truth, predicted, cnr),
            _ => Err(AnalysisError::Undefined { what: "a metric of classes", reason: "an image holds no classes" }),
        }
    }

    /// Channels of 0/1 and of probabilities, cut at 1/2: the mean over channels, those that neither has left out.
    fn dice_of_channels(&self, truth: &[f32], predicted: &[f32]) -> Result<f64> {
        let channels = if self.truth_shape.len() > 1 { self.truth_shape[0].max(1) } else { 1 };
        let places = truth.len() / channels;
        let mask = |values: &[f32]| values.iter().map(|v| *v > 0.5).collect::<Vec<_>>();
        let of_channel = |channel: usize| {
            let place = channel * places..(channel + 1) * places;
            overlap(&mask(&truth[place.clone()]), &mask(&predicted[place]), channel)
        };
        mean_of((0..channels).map(of_channel))
    }

    /// The mean over channels; an image of two axes has a first one of extent 1.
    fn contrast_to_noise(&self, truth: &[f32], predicted: &[f32], cnr: Cnr) -> Result<f64> {
        let shape = match *self.truth_shape.as_slice() {
            [_, x, y, z] => [x, y, z],
            [_, y, z] => [1, y, z],
            _ => return Err(AnalysisError::Undefined { what: "the contrast", reason: "it is one of images" }),
        };
        let judged = if cnr.of == JudgedImage::Truth { truth } else { predicted };
        let voxels = shape.iter().product::<usize>().max(1);
        let regions = RegionPairs {
            roi: cnr.roi,
            pairs: cnr.pairs,
            seed: cnr.seed,
            places: match cnr.on {
                program::RegionPlaces::Random => RegionPlaces::Random,
                program::RegionPlaces::Grid => RegionPlaces::Grid,
            },
            noise: match cnr.noise {
                program::Noise::Each => Noise::Each,
                program::Noise::Joint => Noise::Joint,
            },
            over: average(cnr.over),
        };
        let channels = truth.chunks_exact(voxels).zip(judged.chunks_exact(voxels)).map(|(truth, judged)| {
            let shaped = |values| {
                ArrayView3::from_shape(shape, values)
                    .map_err(|_| AnalysisError::Undefined { what: "the contrast", reason: "the shapes differ" })
            };
            match cnr.of {
                JudgedImage::Difference => regions.difference(shaped(truth)?, shaped(judged)?),
                JudgedImage::Prediction | JudgedImage::Truth => regions.score(shaped(truth)?, shaped(judged)?),
            }
        });
        let of_channels = channels.collect::<Result<Vec<_>>>()?;
        mean_of(of_channels.into_iter().map(Ok))
    }

    /// The mean over channels; scikit-image's default window.
    fn ssim(&self, truth: &[f32], predicted: &[f32], ssim: &Ssim) -> Result<f64> {
        let shaped = |values| ArrayViewD::from_shape(IxDyn(&self.truth_shape), values);
        let (Ok(t), Ok(p)) = (shaped(truth), shaped(predicted)) else {
            return Err(AnalysisError::Undefined {
                what: "the similarity",
                reason: "the shapes of truth and prediction differ",
            });
        };
        if t.ndim() < 2 {
            return Err(AnalysisError::Undefined { what: "the similarity", reason: "it is one of images" });
        }
        let channels = t.len_of(Axis(0));
        let mut sum = 0.0;
        for channel in 0..channels {
            sum += ssim.score(t.index_axis(Axis(0), channel), p.index_axis(Axis(0), channel))?;
        }
        Ok(sum / channels as f64)
    }
}

impl MetricInput {
    /// The metric of some rows.
    ///
    /// # Errors
    /// Where it is not defined, and why.
    pub fn value(&self, metric: Metric, rows: &[usize]) -> Result<f64> {
        match self {
            Self::ByRow(values) => mean_of(rows.iter().map(|row| match &values[*row] {
                Ok(value) => Ok(*value),
                Err(reason) => Err(reason.clone()),
            })),
            Self::Skill { error, of_mean } => {
                let sum = |values: &[f64]| rows.iter().map(|row| values[*row]).sum::<f64>();
                if sum(of_mean) == 0.0 {
                    let reason = "the mean of the training images is right everywhere";
                    return Err(AnalysisError::Undefined { what: "the skill", reason });
                }
                Ok(1.0 - sum(error) / sum(of_mean))
            }
            Self::Errors(numbers) => {
                let mean_error = |kind| mean_of(numbers.mean_errors(kind, rows)?.into_iter().map(Ok));
                match metric {
                    Metric::Mae => mean_error(ErrorKind::Absolute),
                    Metric::Mse => mean_error(ErrorKind::Squared),
                    Metric::Rmse => mean_error(ErrorKind::RootOfSquared),
                    Metric::R2 => mean_of(numbers.r2(rows)?.into_iter()),
                    _ => Err(AnalysisError::Undefined { what: "the metric", reason: "it is not one of errors" }),
                }
            }
            Self::Numbers { truth, predicted } => mean_of(truth.iter().zip(predicted).map(|(t, p)| {
                let pick = |values: &[f64]| rows.iter().map(|row| values[*row]).collect::<Vec<_>>();
                let (t, p) = (pick(t), pick(p));
                match metric {
                    Metric::Mae => mean_absolute_error(&t, &p),
                    Metric::Mse => mean_squared_error(&t, &p),
                    Metric::Rmse => root_mean_squared_error(&t, &p),
                    Metric::Concordance => concordance(&t, &p),
                    Metric::R2 => r2(&t, &p),
                    Metric::Pearson => pearson(&t, &p).map(|c| c.r),
                    Metric::Spearman => spearman(&t, &p).map(|c| c.r),
                    _ => Err(AnalysisError::Undefined { what: "the metric", reason: "it is not one of numbers" }),
                }
            })),
            Self::Classes { ranks: Some(ranks), class, .. } if metric == Metric::Auc => {
                let areas = ranks.areas(rows)?;
                match class {
                    None => Ok(areas.iter().sum::<f64>() / areas.len() as f64),
                    Some(class) => areas.get(*class).copied().ok_or(AnalysisError::MissingClass { class: *class }),
                }
            }
            Self::Classes { truth, probabilities, class, .. } => {
                let truth: Vec<usize> = rows.iter().map(|row| truth[*row]).collect();
                score_of_classes(metric, &truth, &probabilities.select(Axis(0), rows), *class)
            }
        }
    }

    /// `counts[truth][predicted]` over all rows, where classes are predicted.
    pub fn confusion(&self) -> Option<Vec<Vec<u64>>> {
        let Self::Classes { truth, probabilities, .. } = self else { return None };
        let matrix = ConfusionMatrix::from_probabilities(truth, probabilities.view()).ok()?;
        Some(matrix.counts().rows().into_iter().map(|row| row.iter().map(|n| *n as u64).collect()).collect())
    }
}

fn average(over: program::Average) -> Average {
    match over {
        program::Average::Mean => Average::Mean,
        program::Average::Median => Average::Median,
    }
}

/// Whether numbers are judged element by element over subjects.
fn is_by_element(metric: Metric) -> bool {
    use Metric::{Concordance, Mae, Mse, Pearson, R2, Rmse, Spearman};
    matches!(metric, Mae | Mse | Rmse | R2 | Pearson | Spearman | Concordance)
}

/// The mean of those that are defined; the first reason where none is.
pub(super) fn mean_of(values: impl Iterator<Item = Result<f64>>) -> Result<f64> {
    let (mut sum, mut n, mut reason) = (0.0, 0_usize, None);
    for value in values {
        match value {
            Ok(value) => (sum, n) = (sum + value, n + 1),
            Err(e) => {
                reason.get_or_insert(e);
            }
        }
    }
    match (n, reason) {
        (0, Some(reason)) => Err(reason),
        (0, None) => Err(AnalysisError::Empty { what: "the list of subjects" }),
        (n, _) => Ok(sum / n as f64),
    }
}

/// Classes by their probabilities, all together or one against the rest.
fn score_of_classes(metric: Metric, truth: &[usize], probabilities: &Array2<f64>, class: Option<usize>) -> Result<f64> {
    let p = probabilities.view();
    let precision = |class: usize| {
        let member: Vec<bool> = truth.iter().map(|label| *label == class).collect();
        let found = average_precision(&member, &p.column(class).to_vec());
        found.map_err(|e| {
            if matches!(e, AnalysisError::MissingClass { .. }) { AnalysisError::MissingClass { class } } else { e }
        })
    };
    match (metric, class) {
        (Metric::Auc, None) => roc_auc_one_vs_rest(truth, p).map(|auc| auc.macro_average),
        (Metric::Auc, Some(class)) => {
            let areas = roc_auc_one_vs_rest(truth, p)?;
            areas.per_class.get(class).copied().ok_or(AnalysisError::MissingClass { class })
        }
        (Metric::AveragePrecision, Some(class)) => precision(class),
        (Metric::AveragePrecision, None) if p.ncols() == 2 => precision(1),
        (Metric::AveragePrecision, None) => {
            let of_classes = (0..p.ncols()).map(precision).collect::<Result<Vec<_>>>()?;
            mean_of(of_classes.into_iter().map(Ok))
        }
        (Metric::Brier, None) => brier(truth, p),
        (Metric::Brier, Some(class)) => brier_of_class(truth, p, class),
        (Metric::CalibrationError { bins }, _) => calibration_error(truth, p, bins),
        _ => of_matrix(metric, &ConfusionMatrix::from_probabilities(truth, p)?, class),
    }
}

fn of_matrix(metric: Metric, matrix: &ConfusionMatrix, class: Option<usize>) -> Result<f64> {
    let undefined = AnalysisError::Undefined { what: "the metric", reason: "it is not one of classes" };
    if let Some(class) = class {
        let of_class: Option<ClassScores> = matrix.per_class().get(class).copied();
        let scores = of_class.ok_or(AnalysisError::MissingClass { class })?;
        return match metric {
            // Nobody has the class: of nobody a share cannot be taken.
            Metric::Recall if scores.support == 0 => Err(AnalysisError::MissingClass { class }),
            Metric::Precision => Ok(scores.precision),
            Metric::Recall => Ok(scores.recall),
            Metric::F1 if scores.support + scores.predicted == 0 => Err(AnalysisError::MissingClass { class }),
            Metric::F1 => Ok(scores.f1),
            _ => Err(undefined),
        };
    }
    Ok(match metric {
        Metric::Accuracy => matrix.accuracy(),
        Metric::BalancedAccuracy => matrix.balanced_accuracy(),
        Metric::Precision => matrix.macro_average().precision,
        Metric::Recall => matrix.macro_average().recall,
        Metric::F1 => matrix.macro_average().f1,
        _ => return Err(undefined),
    })
}

/// The voxels of a mask.
#[derive(Clone, Copy)]
struct Grid {
    shape: [usize; 3],
    /// Where it is known.
    voxel_mm: Option<[f64; 3]>,
}

impl Grid {
    /// Of a mask of two or three axes.
    fn of(shape: &[usize], voxel_mm: Option<&[f64; 3]>) -> Self {
        let shape = match *shape {
            [x, y, z] => [x, y, z],
            [x, y] => [x, y, 1],
            _ => [shape.iter().product(), 1, 1],
        };
        Self { shape, voxel_mm: voxel_mm.copied() }
    }
}

/// Logits `[classes, places]` and true classes: a mean over classes but the background, those that neither has left out;
/// or one class.
fn score_of_mask(
    metric: Metric,
    (truth, logits): (&[f32], &[f32]),
    classes: usize,
    class: Option<usize>,
    grid: Grid,
) -> Result<f64> {
    let places = truth.len();
    let truth: Vec<usize> = truth.iter().map(|v| *v as usize).collect();
    let scores = Array2::from_shape_fn((places, classes), |(at, class)| {
        logits.get(class * places + at).map_or(f64::NEG_INFINITY, |v| f64::from(*v))
    });
    let predicted = most_probable(scores.view())?;
    if !metric.is_of_masks() {
        return of_matrix(metric, &ConfusionMatrix::new(&truth, &predicted, classes)?, class);
    }
    let of_class = |class: usize| {
        let mask = |labels: &[usize]| labels.iter().map(|label| *label == class).collect::<Vec<_>>();
        let (t, p) = (mask(&truth), mask(&predicted));
        if !t.contains(&true) && !p.contains(&true) {
            return Err(AnalysisError::MissingClass { class });
        }
        let flat = |mask: &'_ [bool]| ArrayView::<bool, Ix1>::from(mask).to_owned();
        match metric {
            Metric::Iou => intersection_over_union(flat(&t).view(), flat(&p).view()),
            Metric::VolumeSimilarity => volume_similarity(flat(&t).view(), flat(&p).view()),
            _ if metric.is_of_grids() => {
                let shaped = |mask: Vec<bool>| {
                    Array3::from_shape_vec(grid.shape, mask).map_err(|_| AnalysisError::Undefined {
                        what: "the distance",
                        reason: "the mask does not fill its grid",
                    })
                };
                let (t, p) = (shaped(t)?, shaped(p)?);
                let mm = || {
                    grid.voxel_mm.ok_or(AnalysisError::Undefined {
                        what: "the distance",
                        reason: "the size of the voxels is not known here; an epoch can be chosen by `dice`",
                    })
                };
                match metric {
                    Metric::Hausdorff { percent } => hausdorff(t.view(), p.view(), mm()?, f64::from(percent)),
                    Metric::SurfaceDice { tolerance_um } => {
                        surface_dice(t.view(), p.view(), mm()?, f64::from(tolerance_um) / 1000.0)
                    }
                    Metric::LesionF1 => lesion_f1(t.view(), p.view()),
                    _ => average_surface_distance(t.view(), p.view(), mm()?),
                }
            }
            _ => overlap(&t, &p, class),
        }
    };
    match class {
        Some(class) => of_class(class),
        None => mean_of((1..classes).map(of_class)),
    }
}

/// The overlap of two masks of a class; undefined where both are empty.
fn overlap(truth: &[bool], predicted: &[bool], class: usize) -> Result<f64> {
    if !truth.contains(&true) && !predicted.contains(&true) {
        return Err(AnalysisError::MissingClass { class });
    }
    dice(ArrayView::<bool, Ix1>::from(truth), ArrayView::<bool, Ix1>::from(predicted))
}

/// The place of the largest, of equals the first: the class that is decided for.
pub(super) fn largest<T: PartialOrd + Copy>(values: impl IntoIterator<Item = T>) -> usize {
    let larger = |best: (usize, T), next: (usize, T)| if next.1 > best.1 { next } else { best };
    values.into_iter().enumerate().reduce(larger).map_or(0, |(place, _)| place)
}

/// Probabilities of logits.
pub(super) fn softmax(logits: &[f32]) -> Vec<f64> {
    let top = logits.iter().fold(f32::NEG_INFINITY, |top, v| top.max(*v));
    let exponentials: Vec<f64> = logits.iter().map(|v| f64::from(*v - top).exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.into_iter().map(|e| e / sum).collect()
}

#[cfg(test)]
mod tests;
