//! Inputs whose fitted steps have learnt from one fold's training subjects: values for anybody.

use super::super::cache::CachedImage;
use super::super::error::{DataError, Result};
use super::super::transform::{ColumnRow, FittedChain, FittedColumns, FittedTarget, Image, Unseen};
use super::augment::{Augmentation, Augmented};
use super::kept::Kept;
use super::parts::Classes;
use super::{Content, Dataset, Item};
use fascicle_lang::program::{InputRole, InputSource, SpatialKind};
use ndarray::ArrayViewMut4;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What one input learnt. Saved as JSON, it is all that is needed to prepare new subjects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FittedInput {
    /// An image's steps.
    Image(FittedChain),
    /// A vector's.
    Columns(FittedColumns),
    /// A class or a real: nothing is learnt.
    AsItIs,
    /// A target that models are trained on in another unit.
    Target(FittedTarget),
}

/// A dataset seen through one fold's fitted steps.
#[derive(Debug)]
pub struct FittedInputs<'a> {
    pub(super) dataset: &'a Dataset,
    fitted: Vec<FittedInput>,
    /// What the fitted steps made of images, by input.
    kept: Vec<Kept>,
    /// Where the classes of masks lie by which patches are drawn.
    pub(super) classes: Classes,
}

impl Dataset {
    /// Fits every input to these members and nobody else.
    ///
    /// # Errors
    /// A name that nobody has, or a step that cannot be fitted.
    pub fn fit(&self, training: &[String]) -> Result<FittedInputs<'_>> {
        self.fit_interruptible(training, &|| Ok(()))
    }

    /// The same, asking `go_on` before each image.
    ///
    /// # Errors
    /// As [`Dataset::fit`], and what `go_on` returns.
    pub fn fit_interruptible(
        &self,
        training: &[String],
        go_on: &(dyn Fn() -> Result<()> + Sync),
    ) -> Result<FittedInputs<'_>> {
        let members = training.iter().map(|key| self.place(key)).collect::<Result<Vec<usize>>>()?;
        let fitted = self
            .content
            .iter()
            .zip(&self.inputs)
            .map(|(content, spec)| {
                let of_input = |e: DataError| match e {
                    DataError::Interrupted => e,
                    e => DataError::Input { input: spec.name.clone(), problem: e.to_string() },
                };
                Ok(match content {
                    Content::Images { chain, volumes } => {
                        let having: Vec<usize> = members.iter().copied().filter(|m| volumes[*m].is_some()).collect();
                        let load = |i: usize| {
                            go_on()?;
                            let volume = volumes[having[i]].as_ref();
                            volume.map(CachedImage::image).ok_or_else(|| gone(&self.members[having[i]].key))
                        };
                        FittedInput::Image(chain.fit(having.len(), &load).map_err(of_input)?)
                    }
                    Content::Columns { plan: None, .. } => {
                        let problem = "its people are not trained on".into();
                        return Err(DataError::Input { input: spec.name.clone(), problem });
                    }
                    Content::Columns { plan: Some(plan), rows } => {
                        let rows: Vec<ColumnRow> = members.iter().filter_map(|m| rows[*m].clone()).collect();
                        FittedInput::Columns(plan.fit(&rows, go_on).map_err(of_input)?)
                    }
                    Content::Real(values) if spec.source.is_changed() => {
                        let InputSource::Column { steps, .. } = &spec.source else { return Ok(FittedInput::AsItIs) };
                        let values: Vec<f64> = members.iter().filter_map(|member| values[*member]).collect();
                        FittedInput::Target(FittedTarget::fit(steps, &values).map_err(of_input)?)
                    }
                    Content::Class(_) | Content::Real(_) => FittedInput::AsItIs,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(self.seen_through(fitted))
    }

    /// The dataset through steps that were fitted before, such as those saved with a model.
    ///
    /// # Errors
    /// They are not of as many inputs as there are.
    pub fn with_fitted(&self, fitted: Vec<FittedInput>) -> Result<FittedInputs<'_>> {
        if fitted.len() != self.inputs.len() {
            let problem = format!("fitted steps of {} inputs, expected {}", fitted.len(), self.inputs.len());
            return Err(DataError::Step { step: "fit", problem });
        }
        Ok(self.seen_through(fitted))
    }

    fn seen_through(&self, fitted: Vec<FittedInput>) -> FittedInputs<'_> {
        let kept = fitted.iter().map(|fitted| match fitted {
            FittedInput::Image(chain) if chain.has_steps_of_a_fold() => Kept::of(self.members.len()),
            _ => Kept::default(),
        });
        let kept = kept.collect();
        FittedInputs { dataset: self, fitted, kept, classes: Classes::default() }
    }
}

impl FittedInputs<'_> {
    /// What was learnt, in the order of the inputs.
    pub fn fitted(&self) -> &[FittedInput] {
        &self.fitted
    }

    /// The dataset it belongs to.
    pub fn dataset(&self) -> &Dataset {
        self.dataset
    }

    /// Looks whether all of these members can be prepared, of the inputs that are `wanted`: so that who cannot is named
    /// before anything is trained for them.
    ///
    /// # Errors
    /// A level that a step reads and no training subject has, with all who have it; a name that nobody has.
    pub fn check(&self, keys: &[String], wanted: impl Fn(usize) -> bool) -> Result<()> {
        let members = keys.iter().map(|key| self.dataset.place(key)).collect::<Result<Vec<usize>>>()?;
        let mut errors = Vec::new();
        for input in (0..self.fitted.len()).filter(|input| wanted(*input)) {
            let (content, fitted, spec) =
                (&self.dataset.content[input], &self.fitted[input], &self.dataset.inputs[input]);
            let (Content::Columns { rows, .. }, FittedInput::Columns(fitted)) = (content, fitted) else { continue };
            let mut having: BTreeMap<Unseen, Vec<&str>> = BTreeMap::new();
            for member in &members {
                for unseen in rows[*member].iter().flat_map(|row| fitted.unseen(row)) {
                    having.entry(unseen).or_default().push(&self.dataset.members[*member].key);
                }
            }
            errors.extend(having.into_iter().map(|(unseen, who)| {
                let shown = who.iter().take(4).copied().collect::<Vec<_>>().join(", ");
                let (more, has) = match who.len() {
                    1 => (String::new(), "has"),
                    n if n > 4 => (format!(" and {} more", n - 4), "have"),
                    _ => (String::new(), "have"),
                };
                let step =
                    DataError::Step { step: unseen.step, problem: unseen.problem(&format!("{shown}{more} {has}")) };
                DataError::Input { input: spec.name.clone(), problem: step.to_string() }
            }));
        }
        DataError::collect(errors)
    }

    /// One input of one item, in C order; a class is its number. `None` where the subject lacks it.
    ///
    /// # Errors
    /// A step that cannot be done on this subject.
    pub fn value(&self, item: Item, input: usize, draw: &Augmentation<'_>) -> Result<Option<Vec<f32>>> {
        let drawn = self.draw(item, draw)?;
        self.drawn_value(item, input, &drawn)
    }

    /// As [`FittedInputs::value`], with what was drawn for the item, so that its inputs are changed alike.
    pub(super) fn drawn_value(&self, item: Item, input: usize, drawn: &Augmented) -> Result<Option<Vec<f32>>> {
        let spec = &self.dataset.inputs[input];
        match (&self.dataset.content[input], &self.fitted[input]) {
            (Content::Images { volumes, .. }, _) if volumes[item.member].is_none() => Ok(None),
            (Content::Images { .. }, _) => {
                let shape = if drawn.part.is_some() { spec.seen_shape() } else { spec.shape.clone() };
                let mut values = vec![0.0; shape.iter().product()];
                self.copy_image(item, input, drawn, &mut values)?;
                Ok(Some(values))
            }
            (Content::Columns { rows, .. }, FittedInput::Columns(fitted)) => {
                let Some(row) = &rows[item.member] else { return Ok(None) };
                fitted.apply(row).map_err(|e| e.of_subject(&self.dataset.members[item.member].key, &spec.name))
            }
            (Content::Class(values), _) => Ok(values[item.member].map(|class| vec![class as f32])),
            (Content::Real(values), FittedInput::Target(fitted)) => {
                Ok(values[item.member].map(|value| vec![fitted.apply(value) as f32]))
            }
            (Content::Real(values), _) => Ok(values[item.member].map(|value| vec![value as f32])),
            _ => Err(of_another(&spec.name)),
        }
    }

    /// An image that is there as it is in a batch.
    pub(super) fn copy_image(&self, item: Item, input: usize, drawn: &Augmented, out: &mut [f32]) -> Result<()> {
        let spec = &self.dataset.inputs[input];
        if let (Some(part), Some(_)) = (&drawn.part, spec.window) {
            return self.copy_part(item, input, (drawn, part), out);
        }
        let (Content::Images { chain, volumes }, FittedInput::Image(fitted)) =
            (&self.dataset.content[input], &self.fitted[input])
        else {
            return Err(of_another(&spec.name));
        };
        let key = &self.dataset.members[item.member].key;
        let Some(volume) = &volumes[item.member] else { return Err(gone(key)) };
        let misfit = |found: usize, expected: usize| {
            let problem = format!("{found} numbers, expected {expected} for the shape {:?}", spec.shape);
            DataError::Step { step: "batch", problem }.of_subject(key, &spec.name)
        };
        let cut = chain.kind == SpatialKind::Slices;
        if chain.is_all_cached() && drawn.is_none() {
            let slices: Vec<usize> = fitted.neighbours(item.slice, volume.shape()[3]).collect();
            return match volume.copy_to(cut.then_some(slices.as_slice()), out) {
                true => Ok(()),
                false => Err(misfit(volume.shape().iter().product(), out.len())),
            };
        }
        let image = self.seen_whole(item, input, drawn.view, fitted)?;
        let intensities = !image.labels && spec.role == InputRole::Modality;
        let image = match drawn.is_none() {
            true => image,
            false => Arc::new(drawn.change(Arc::unwrap_or_clone(image), intensities, input)),
        };
        let (found, expected) = (image.data.len(), out.len());
        match ArrayViewMut4::from_shape(image.data.raw_dim(), out) {
            Ok(mut out) if found == expected => out.assign(&image.data),
            _ => return Err(misfit(found, expected)),
        }
        Ok(())
    }

    /// A member's image after the steps that are the same for every view.
    pub(super) fn of_fold(
        &self,
        fitted: &FittedChain,
        member: usize,
        input: usize,
        volume: &CachedImage,
    ) -> Result<Arc<Image>> {
        let name = |e: DataError| e.of_subject(&self.dataset.members[member].key, &self.dataset.inputs[input].name);
        self.kept[input].get(member, || fitted.before_views(volume.image()).map_err(name))
    }

    /// What was observed of one item: its value, but of a target that models are trained on in another unit the number as the
    /// table has it.
    ///
    /// # Errors
    /// As [`FittedInputs::value`].
    pub fn observed(&self, item: Item, input: usize) -> Result<Option<Vec<f32>>> {
        match &self.dataset.content[input] {
            Content::Real(values) => Ok(values[item.member].map(|value| vec![value as f32])),
            _ => self.value(item, input, &Augmentation::Fixed { view: 0 }),
        }
    }

    /// The way back to the unit of a target that models are trained on in another.
    pub fn unit(&self, input: usize) -> Option<&FittedTarget> {
        match self.fitted.get(input) {
            Some(FittedInput::Target(fitted)) => Some(fitted),
            _ => None,
        }
    }

    /// An input's image with its place in the world, without random changes, in the first view; `None` where the
    /// subject lacks it or the input is no image.
    ///
    /// # Errors
    /// A step that cannot be done on this subject.
    pub fn image(&self, item: Item, input: usize) -> Result<Option<Image>> {
        let (Content::Images { chain, volumes }, FittedInput::Image(fitted)) =
            (&self.dataset.content[input], &self.fitted[input])
        else {
            return Ok(None);
        };
        let Some(volume) = &volumes[item.member] else { return Ok(None) };
        let name =
            |e: DataError| e.of_subject(&self.dataset.members[item.member].key, &self.dataset.inputs[input].name);
        let image = self.of_fold(fitted, item.member, input, volume)?;
        let image = fitted.in_view(Arc::unwrap_or_clone(image), 0).map_err(name)?;
        Ok(Some(if chain.kind == SpatialKind::Slices { fitted.slice(&image, item.slice) } else { image }))
    }

    /// One input of one subject, without random changes, in the first view.
    ///
    /// # Errors
    /// Nobody of that name, or a step that cannot be done.
    pub fn item(&self, key: &str, input: usize) -> Result<Option<Vec<f32>>> {
        let member = self.dataset.place(key)?;
        self.value(Item { member, slice: 0 }, input, &Augmentation::Fixed { view: 0 })
    }

    /// The mean of an input over these members that have it (`x ?? mean` of the training subjects); `None` where
    /// nobody has it.
    ///
    /// # Errors
    /// A name that nobody has, or a step that cannot be done.
    pub fn mean(&self, keys: &[String], input: usize) -> Result<Option<Vec<f32>>> {
        let items = self.dataset.items(keys)?;
        let mut sum: Vec<f64> = Vec::new();
        let mut n = 0.0;
        // In portions, so that memory stays bounded and the order of the sum is fixed.
        for portion in items.chunks(64) {
            let values: Vec<Option<Vec<f32>>> = portion
                .par_iter()
                .map(|item| self.value(*item, input, &Augmentation::Fixed { view: 0 }))
                .collect::<Result<_>>()?;
            for values in values.into_iter().flatten() {
                sum.resize(values.len(), 0.0);
                sum.iter_mut().zip(&values).for_each(|(s, v)| *s += f64::from(*v));
                n += 1.0;
            }
        }
        Ok((n > 0.0).then(|| sum.into_iter().map(|s| (s / n) as f32).collect()))
    }
}

pub(super) fn of_another(input: &str) -> DataError {
    DataError::Input { input: input.to_owned(), problem: "the fitted steps are of another input".into() }
}

pub(super) fn gone(key: &str) -> DataError {
    DataError::Step { step: "fit", problem: format!("`{key}` has no image") }
}
