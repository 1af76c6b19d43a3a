//! The steps of one image input, in order: what can be done once and cached, what is fitted, and what is done each time.

use super::super::error::{DataError, Result};
use super::super::volume::Volume;
use super::centre::{box_around, centre_of_mass, too_large};
use super::histogram::Landmarks;
use super::image::Image;
use super::intensity::{Foreground, own_percentiles, rescale, zscore};
use super::percentile::{PooledPercentiles, add, count_upper};
use super::white_stripe::white_stripe;
use super::{grid, resample};
use fascicle_lang::program::{ImageMask, ImageStep, SpatialKind};
use ndarray::Axis;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What an input does with its images, before anything is fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageChain {
    /// What the axes are.
    pub kind: SpatialKind,
    /// All steps, in order.
    pub steps: Vec<ImageStep>,
    /// The declared shape: `[c, d, h, w]` or `[c, h, w]`; without `c` for a mask.
    pub shape: Vec<usize>,
    /// Class names of a mask, background first; empty for intensities.
    pub levels: Vec<String>,
}

/// What [`ImageChain::prepare`] gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// The image.
    pub image: Image,
    /// Voxels of a mask, other than background, that crops have cut off.
    pub cut: u64,
}

/// A chain whose fitted steps have learnt what they need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FittedChain {
    chain: ImageChain,
    /// What was learnt, by the step's place.
    learnt: Vec<Learnt>,
}

/// What a step learnt from the training subjects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Learnt {
    Nothing,
    Range(f64, f64),
    Landmarks(Landmarks),
}

impl ImageChain {
    /// How many leading steps are the same in every fold and for every view.
    fn cached_steps(&self) -> usize {
        self.steps.iter().position(|s| is_fitted(s) || matches!(s, ImageStep::Views { .. })).unwrap_or(self.steps.len())
    }

    /// The place of the first step that depends on the view, or the end.
    fn viewed(&self) -> usize {
        self.steps.iter().position(|s| matches!(s, ImageStep::Views { .. })).unwrap_or(self.steps.len())
    }

    /// Whether there are views.
    pub fn has_views(&self) -> bool {
        self.viewed() < self.steps.len()
    }

    /// Whether nothing is left to do after the cached steps.
    pub fn is_all_cached(&self) -> bool {
        self.cached_steps() == self.steps.len()
    }

    /// Whether any step learns.
    pub fn is_fitted(&self) -> bool {
        self.steps.iter().any(is_fitted)
    }

    /// What names the result of [`ImageChain::prepare`] in the cache.
    pub fn cache_name(&self) -> String {
        let steps = &self.steps[..self.cached_steps()];
        if self.is_all_cached() {
            format!("{:?} {steps:?} {:?} {:?}", self.kind, self.shape, self.levels)
        } else {
            format!("{steps:?} {:?}", self.levels)
        }
    }

    /// Neighbouring slices that become channels.
    fn adjacent(&self) -> usize {
        let n =
            self.steps.iter().find_map(|s| if let ImageStep::Adjacent { slices } = s { Some(*slices) } else { None });
        n.unwrap_or(1).max(1)
    }

    /// The views, where there are any.
    pub fn views(&self) -> usize {
        let n = self
            .steps
            .iter()
            .find_map(|s| if let ImageStep::Views { views, .. } = s { Some(views.len()) } else { None });
        n.unwrap_or(1).max(1)
    }

    /// The declared extent of each axis of the grid; `None` for the axis that slices are cut along.
    fn grid(&self) -> Result<[Option<usize>; 3]> {
        let axes = match self.kind {
            SpatialKind::Volume => 3,
            SpatialKind::Image | SpatialKind::Slices => 2,
        };
        let at = self.shape.len().checked_sub(axes).filter(|channels| *channels <= 1);
        let Some(at) = at else {
            let problem = format!(
                "the shape {:?} does not suit {:?}, expected {axes} axes after the channels",
                self.shape, self.kind
            );
            return Err(DataError::Step { step: "image", problem });
        };
        let mut grid = [None, None, if self.kind == SpatialKind::Image { Some(1) } else { None }];
        for (axis, extent) in self.shape[at..].iter().enumerate() {
            grid[axis] = Some(*extent);
        }
        Ok(grid)
    }

    /// The steps before the first fitted one, of one subject's volume.
    ///
    /// # Errors
    /// A step that cannot be done, or (where nothing is left to do) a result that is not what is declared.
    pub fn prepare(&self, volume: &Volume) -> Result<Prepared> {
        self.prepare_around(volume, None)
    }

    /// The same, where another image of the person says where the centre is that a crop goes around: a point in the space
    /// of both, in millimetres.
    ///
    /// # Errors
    /// As [`ImageChain::prepare`]; no centre where a step needs one.
    pub fn prepare_around(&self, volume: &Volume, centre: Option<[f64; 3]>) -> Result<Prepared> {
        let data = volume.data.clone().insert_axis(Axis(0));
        let mut image = Image { data, affine: volume.affine, labels: !self.levels.is_empty() };
        let mut cut = 0;
        for (at, step) in self.steps[..self.cached_steps()].iter().enumerate() {
            let crops = matches!(step, ImageStep::Crop { .. } | ImageStep::Between { .. } | ImageStep::Around { .. });
            let before = if crops { self.labelled(&image, at) } else { 0 };
            image = match step {
                ImageStep::Around { size, of } => {
                    let centre = match (of, centre) {
                        (None, _) => centre_of_mass(volume)?,
                        (Some(_), Some(centre)) => centre,
                        (Some(pattern), None) => {
                            let problem = format!("there is no image `{pattern}` whose centre of mass is looked for");
                            return Err(DataError::Step { step: "crop", problem });
                        }
                    };
                    grid::crop(&image, &box_around(&image, centre, *size)?, size)?
                }
                step => self.step(image, step, &Learnt::Nothing, 0)?,
            };
            if before > 0 {
                cut += before - self.labelled(&image, at);
            }
        }
        if self.is_all_cached() {
            let before = self.labelled(&image, self.steps.len());
            image = self.finish(image)?;
            cut += before - self.labelled(&image, self.steps.len());
        }
        Ok(Prepared { image, cut })
    }

    /// Voxels of a mask that are not background, before the step at `at`: those that a later `labels(..)` asks for, or
    /// all that are not zero. Of intensities, none.
    fn labelled(&self, image: &Image, at: usize) -> u64 {
        if self.levels.is_empty() {
            return 0;
        }
        let asked = self.steps[at..].iter().find_map(|step| match step {
            // With a value for each level, the first is the background's.
            ImageStep::Labels { values } => Some(&values[usize::from(values.len() == self.levels.len())..]),
            _ => None,
        });
        let counts = |v: f32| asked.map_or(v != 0.0, |values| values.iter().any(|value| *value as f32 == v));
        image.data.iter().filter(|v| counts(**v)).count() as u64
    }

    /// Whether a crop may cut something off an image of so many voxels a side, as far as that can be said without its
    /// orientation.
    pub fn may_cut(&self, shape: [usize; 3]) -> bool {
        let mut sides = shape;
        sides.sort_unstable();
        let mut wanted = self.grid().map_or([0; 3], |grid| grid.map(|side| side.unwrap_or(usize::MAX)));
        wanted.sort_unstable();
        let changes = |s: &ImageStep| {
            matches!(
                s,
                ImageStep::Crop { .. }
                    | ImageStep::Between { .. }
                    | ImageStep::Around { .. }
                    | ImageStep::Resample { .. }
            )
        };
        self.steps.iter().any(changes) || sides.iter().zip(wanted).any(|(side, wanted)| *side > wanted)
    }

    /// Checks crops and views against a file's voxels, as far as that can be said without its orientation: only while no
    /// step before has changed the grid, and only that the largest box fits the volume's axes in some order.
    ///
    /// # Errors
    /// A box that lies outside.
    pub fn check_boxes(&self, shape: [usize; 3]) -> Result<()> {
        let mut largest = shape;
        largest.sort_unstable();
        let fits = |at: &[i64], size: &[usize]| {
            let mut ends: Vec<i64> = at.iter().zip(size).map(|(a, s)| a.saturating_add(*s as i64)).collect();
            ends.sort_unstable();
            at.iter().all(|a| *a >= 0) && ends.iter().rev().zip(largest.iter().rev()).all(|(end, n)| *end <= *n as i64)
        };
        let refuse = |at: &[i64], size: &[usize]| DataError::Step {
            step: "crop",
            problem: format!(
                "the box at {at:?} of size {size:?} does not lie within the image, which has {shape:?} voxels"
            ),
        };
        for step in &self.steps {
            match step {
                ImageStep::Resample { .. } | ImageStep::Resize { .. } | ImageStep::Between { .. } => return Ok(()),
                ImageStep::Around { size, .. } => {
                    return if fits(&[0; 3], size) { Ok(()) } else { Err(too_large(*size, shape)) };
                }
                ImageStep::Crop { at, size } => return if fits(at, size) { Ok(()) } else { Err(refuse(at, size)) },
                ImageStep::Views { views, .. } => {
                    return views
                        .iter()
                        .find(|v| !fits(&v.at, &v.size))
                        .map_or(Ok(()), |v| Err(refuse(&v.at, &v.size)));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Learns what the fitted steps need from the training subjects; `load` gives what [`ImageChain::prepare`] gave.
    ///
    /// # Errors
    /// What `load` returns, a step that cannot be done, or nobody to learn from.
    pub fn fit(&self, subjects: usize, load: &(dyn Fn(usize) -> Result<Image> + Sync)) -> Result<FittedChain> {
        let mut fitted = FittedChain { chain: self.clone(), learnt: vec![Learnt::Nothing; self.steps.len()] };
        if subjects == 0 && self.is_fitted() {
            let problem = "there are no training subjects to learn from".into();
            return Err(DataError::Step { step: "fit", problem });
        }
        for at in 0..self.steps.len() {
            let before = |subject: usize| fitted.through(load(subject)?, self.cached_steps()..at, 0);
            let learnt = match &self.steps[at] {
                ImageStep::Rescale { percentiles, mask, each: false, .. } => {
                    let (low, high) = pooled(subjects, &before, mask, *percentiles)?;
                    Learnt::Range(low, high)
                }
                ImageStep::HistogramStandardize { mask } => {
                    let images: Vec<Vec<f64>> = (0..subjects)
                        .into_par_iter()
                        .map(|subject| Landmarks::of_image(&before(subject)?.data, mask, (1.0, 99.0)))
                        .collect::<Result<_>>()?;
                    Learnt::Landmarks(Landmarks::train(&images))
                }
                _ => continue,
            };
            fitted.learnt[at] = learnt;
        }
        Ok(fitted)
    }

    fn step(&self, mut image: Image, step: &ImageStep, learnt: &Learnt, view: usize) -> Result<Image> {
        match step {
            ImageStep::Rescale { to, percentiles, mask, each } => {
                let from = match learnt {
                    Learnt::Range(low, high) => (*low, *high),
                    _ if *each => own_percentiles(&image.data, mask, *percentiles),
                    _ => return Err(unfitted("rescale")),
                };
                rescale(&mut image.data, from, *to)?;
            }
            ImageStep::HistogramStandardize { mask } => match learnt {
                Learnt::Landmarks(landmarks) => landmarks.apply(&mut image.data, mask)?,
                _ => return Err(unfitted("histogram_standardize")),
            },
            ImageStep::Zscore { mask } => zscore(&mut image.data, mask)?,
            ImageStep::WhiteStripe { width } => white_stripe(&mut image.data, *width)?,
            ImageStep::Resample { voxel_mm, interpolation } => {
                let size = three(voxel_mm, image.affine.voxel_mm());
                if size.iter().any(|mm| !(mm.is_finite() && *mm > 0.0)) {
                    let problem = format!("voxel sizes {voxel_mm:?}, expected positive millimetres");
                    return Err(DataError::Step { step: "resample", problem });
                }
                image = resample::to_voxel_size(&image, size, *interpolation);
            }
            ImageStep::Resize { interpolation } => {
                let grid = image.grid();
                let shape = self.grid()?;
                let shape = std::array::from_fn(|i| shape[i].unwrap_or(grid[i]));
                image = resample::to_shape(&image, shape, *interpolation);
            }
            ImageStep::Crop { at, size } => image = grid::crop(&image, at, size)?,
            ImageStep::Between { axes } => image = grid::between(&image, axes)?,
            // Compilation keeps it before all that is learnt, where the file is at hand: `prepare_around` does it.
            ImageStep::Around { .. } => {
                let problem = "around a centre of mass it comes before steps that learn, and before views".into();
                return Err(DataError::Step { step: "crop", problem });
            }
            ImageStep::Views { views, .. } => {
                if let Some(view) = views.get(view % views.len().max(1)) {
                    image = grid::crop(&image, &view.at, &view.size)?;
                    if let Some(axis) = view.flip {
                        image.data.invert_axis(Axis(axis.position() + 1));
                    }
                }
            }
            ImageStep::Smooth { fwhm_mm } => resample::smooth(&mut image, *fwhm_mm),
            ImageStep::Labels { values } => {
                image = if self.levels.is_empty() {
                    grid::channels_of_labels(&image, values)?
                } else {
                    grid::classes_of_labels(&image, values, &self.levels)?
                };
            }
            // Slices are cut when they are read.
            ImageStep::Adjacent { .. } => {}
        }
        Ok(image)
    }

    /// The declared shape, by a centred crop or pad, and the declared number of channels.
    fn finish(&self, image: Image) -> Result<Image> {
        let wanted = self.grid()?;
        if self.kind == SpatialKind::Image && image.grid()[2] != 1 {
            let problem =
                format!("the image has {:?} voxels, expected a 2D image; declare it as volume or slices", image.grid());
            return Err(DataError::Step { step: "image", problem });
        }
        let image = grid::fit(image, wanted);
        if !self.levels.is_empty() {
            grid::check_classes(&image, &self.levels)?;
        }
        let channels = image.data.dim().0 * if self.kind == SpatialKind::Slices { self.adjacent() } else { 1 };
        let axes = if self.kind == SpatialKind::Volume { 3 } else { 2 };
        let declared = if self.shape.len() > axes { self.shape[0] } else { 1 };
        if channels != declared {
            let problem = format!("{channels} channels, expected {declared} as in the declared shape {:?}", self.shape);
            return Err(DataError::Step { step: "image", problem });
        }
        Ok(image)
    }
}

impl FittedChain {
    /// The whole chain, from what [`ImageChain::prepare`] gave. Views are numbered from 0.
    ///
    /// # Errors
    /// A step that cannot be done, or a result that is not what is declared.
    pub fn apply(&self, prepared: Image, view: usize) -> Result<Image> {
        self.in_view(self.before_views(prepared)?, view)
    }

    /// What does not depend on the view, of what [`ImageChain::prepare`] gave; without views that is all of the chain.
    ///
    /// # Errors
    /// As [`FittedChain::apply`].
    pub fn before_views(&self, prepared: Image) -> Result<Image> {
        let image = self.through(prepared, self.chain.cached_steps()..self.chain.viewed(), 0)?;
        if self.chain.viewed() == self.chain.steps.len() && !self.chain.is_all_cached() {
            return self.chain.finish(image);
        }
        Ok(image)
    }

    /// One view of what [`FittedChain::before_views`] gave, where there are any.
    ///
    /// # Errors
    /// As [`FittedChain::apply`].
    pub fn in_view(&self, image: Image, view: usize) -> Result<Image> {
        if self.chain.viewed() == self.chain.steps.len() {
            return Ok(image);
        }
        self.chain.finish(self.through(image, self.chain.viewed()..self.chain.steps.len(), view)?)
    }

    /// Whether a step between what is cached and the views takes the time to look at an image, so that its result is worth the
    /// memory.
    pub fn has_steps_of_a_fold(&self) -> bool {
        self.chain.cached_steps() < self.chain.viewed()
    }

    /// The axial slices that stand in the channels of one: itself and its neighbours; beyond the ends the last one again.
    pub fn neighbours(&self, slice: usize, slices: usize) -> impl Iterator<Item = usize> {
        let (n, last) = (self.chain.adjacent(), slices.saturating_sub(1));
        (0..n).map(move |k| (slice + k).saturating_sub(n / 2).min(last))
    }

    /// One axial slice with its neighbours as channels.
    pub fn slice(&self, image: &Image, slice: usize) -> Image {
        let parts: Vec<_> = self
            .neighbours(slice, image.grid()[2])
            .map(|z| image.data.slice_axis(Axis(3), ndarray::Slice::from(z..=z)))
            .collect();
        let data = ndarray::concatenate(Axis(0), &parts).unwrap_or_else(|_| image.data.clone());
        Image { data, affine: image.affine, labels: image.labels }
    }

    fn through(&self, mut image: Image, steps: std::ops::Range<usize>, view: usize) -> Result<Image> {
        for at in steps {
            image = self.chain.step(image, &self.chain.steps[at], &self.learnt[at], view)?;
        }
        Ok(image)
    }
}

fn is_fitted(step: &ImageStep) -> bool {
    matches!(step, ImageStep::Rescale { each: false, .. } | ImageStep::HistogramStandardize { .. })
}

fn unfitted(step: &'static str) -> DataError {
    DataError::Step { step, problem: "it was used before it was fitted".into() }
}

/// Values for three axes: given ones first, one for all, or what there is.
fn three(given: &[f64], otherwise: [f64; 3]) -> [f64; 3] {
    match given {
        [one] => [*one; 3],
        _ => std::array::from_fn(|i| given.get(i).copied().unwrap_or(otherwise[i])),
    }
}

/// Percentiles of the voxels of all training subjects together; exact, whatever the number of threads.
fn pooled(
    subjects: usize,
    load: &(dyn Fn(usize) -> Result<Image> + Sync),
    mask: &ImageMask,
    percents: (f64, f64),
) -> Result<(f64, f64)> {
    let pass = |count: &(dyn Fn(&Image, Foreground) -> Vec<u64> + Sync)| -> Result<Vec<u64>> {
        (0..subjects)
            .into_par_iter()
            .map(|subject| {
                let image = load(subject)?;
                let foreground = Foreground::of(mask, &image.data);
                Ok(count(&image, foreground))
            })
            .try_reduce_with(|a, b| Ok(add(a, &b)))
            .unwrap_or_else(|| Ok(Vec::new()))
    };
    let upper = pass(&|image, foreground| count_upper(&image.data, |v| foreground.has(v)))?;
    let Some(percentiles) = PooledPercentiles::new(&upper, &[percents.0, percents.1]) else {
        let problem = "no voxel of any training subject is in the mask; check the images, or use another mask".into();
        return Err(DataError::Step { step: "rescale", problem });
    };
    let lower = pass(&|image, foreground| percentiles.count_lower(&image.data, |v| foreground.has(v)))?;
    let values = percentiles.finish(&lower);
    Ok((values[0], values[1]))
}
