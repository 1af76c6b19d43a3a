//! Everything the models read: who has which input, images decoded, columns typed.
//!
//! ```text
//!  [InputSpec] + [CohortData] ──open──▶ Dataset ──fit(training keys)──▶ FittedInputs ──batch──▶ values, shape, present
//!                                          │
//!                                          └──divide──▶ [Split]
//! ```
//!
//! Whoever lacks a required input is left out and named in the flow. Whatever does not fit (a truncated file, text in a
//! column of numbers) is an error, and all such errors are returned at once.

mod augment;
mod batch;
mod divide;
mod fitted;
mod gather;
mod kept;
mod moved;
mod parts;
mod prepare;

pub use augment::Augmentation;
pub use batch::{Batch, InputBatch};
pub use fitted::{FittedInput, FittedInputs};
pub use gather::availability;
pub(crate) use gather::{chain_of, source_columns};
pub use kept::MOST_BYTES as MOST_KEPT_BYTES;

use super::cache::{Cache, CachedImage};
use super::cohort::CohortData;
use super::error::{DataError, Result};
use super::flow::Flow;
use super::grid::{Grid, labels_cut};
use super::transform::{ColumnPlan, ColumnRow, ImageChain};
use fascicle_lang::program::{InputSpec, SpatialKind};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A record that is analysed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name, unique in the dataset: `sub-01`, `sub-01_ses-02`; with several cohorts `adni:sub-01`.
    pub key: String,
    /// Its cohort.
    pub cohort: String,
    /// Who it is; sessions of one subject share it.
    pub person: String,
    /// The cohort's place in the dataset.
    cohort_at: usize,
    /// The record's place in its cohort.
    record: usize,
}

/// What is read together as one row of a batch: a member, or one slice of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item {
    /// Its place in [`Dataset::members`].
    pub member: usize,
    /// The axial slice; 0 where nothing is cut into slices.
    pub slice: usize,
}

/// The values of one input, before anything is fitted; by member.
#[derive(Debug)]
enum Content {
    Images {
        chain: ImageChain,
        volumes: Vec<Option<CachedImage>>,
    },
    /// Without a plan, what is done was fitted on other people.
    Columns {
        plan: Option<ColumnPlan>,
        rows: Vec<Option<ColumnRow>>,
    },
    Class(Vec<Option<usize>>),
    Real(Vec<Option<f64>>),
}

/// All inputs of all members.
#[derive(Debug)]
pub struct Dataset {
    /// Who is analysed, cohort after cohort.
    pub members: Vec<Member>,
    /// What became of everybody, by cohort.
    pub flows: Vec<Flow>,
    /// What the images are in which they should be alike, and are not.
    pub warnings: Vec<String>,
    /// The grid of most images, by input, where they are to be alike.
    pub grids: Vec<Option<Grid>>,
    /// The inputs, as in the program.
    pub inputs: Vec<InputSpec>,
    content: Vec<Content>,
    cohorts: Vec<CohortData>,
    places: BTreeMap<String, usize>,
    /// Slices of each member; 1 where nothing is cut into slices.
    slices: Vec<usize>,
}

impl Dataset {
    /// Finds out who has what, decodes every image (in parallel, into `cache`) and types every cell. `progress` is told
    /// how many images of how many are ready.
    ///
    /// # Errors
    /// Everything that does not fit, each with subject and input; or nobody left.
    pub fn open(
        inputs: &[InputSpec],
        cohorts: &[CohortData],
        cache: &Cache,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Self> {
        let progress = |done, total| {
            progress(done, total);
            Ok(())
        };
        Self::open_with_one_of(inputs, &[], cohorts, cache, &progress)
    }

    /// As [`Dataset::open`], without those who have none of a set of (optional) inputs. Where `progress` returns an
    /// error, no further image is begun.
    ///
    /// # Errors
    /// As [`Dataset::open`]; [`DataError::Interrupted`].
    pub fn open_with_one_of(
        inputs: &[InputSpec],
        at_least_one: &[Vec<usize>],
        cohorts: &[CohortData],
        cache: &Cache,
        progress: &(dyn Fn(usize, usize) -> Result<()> + Sync),
    ) -> Result<Self> {
        let gathered = gather::gather_availability(inputs, at_least_one, cohorts)?;
        Self::open_gathered(inputs, gathered, true, cohorts, cache, progress)
    }

    /// As [`Dataset::open_with_one_of`], of people to whom a trained model is applied: it is no error that all of them lack
    /// an input which may be absent.
    ///
    /// # Errors
    /// As there.
    pub fn open_new_people(
        inputs: &[InputSpec],
        at_least_one: &[Vec<usize>],
        cohorts: &[CohortData],
        cache: &Cache,
        progress: &(dyn Fn(usize, usize) -> Result<()> + Sync),
    ) -> Result<Self> {
        let gathered = gather::gather_new_people(inputs, at_least_one, cohorts)?;
        Self::open_gathered(inputs, gathered, false, cohorts, cache, progress)
    }

    fn open_gathered(
        inputs: &[InputSpec],
        gathered: gather::Gathered,
        trains: bool,
        cohorts: &[CohortData],
        cache: &Cache,
        progress: &(dyn Fn(usize, usize) -> Result<()> + Sync),
    ) -> Result<Self> {
        let content = gather::decode(inputs, &gathered, trains, cache, progress)?;
        let (grids, mut warnings) = gather::compare_grids(inputs, &gathered)?;
        let members = gathered.members;
        for (spec, content) in inputs.iter().zip(&content) {
            let Content::Images { volumes, .. } = content else { continue };
            let cut = members.iter().zip(volumes).filter_map(|(m, v)| Some((m.key.as_str(), v.as_ref()?.cut())));
            warnings.extend(labels_cut(spec, cut));
        }
        let mut places = BTreeMap::new();
        for (i, member) in members.iter().enumerate() {
            if places.insert(member.key.clone(), i).is_some() {
                let problem = format!("`{}` occurs twice; give the subjects different names", member.key);
                return Err(DataError::Cohort { cohort: member.cohort.clone(), problem });
            }
        }
        let slices = count_slices(inputs, &content, &members)?;
        Ok(Self {
            members,
            flows: gathered.flows,
            warnings,
            grids,
            inputs: inputs.to_vec(),
            content,
            cohorts: cohorts.to_vec(),
            places,
            slices,
        })
    }

    /// The place of a member.
    ///
    /// # Errors
    /// Nobody of that name.
    pub fn place(&self, key: &str) -> Result<usize> {
        self.places.get(key).copied().ok_or_else(|| DataError::Division {
            problem: format!("`{key}` is not among the {} subjects that are analysed", self.members.len()),
        })
    }

    /// The items of these members: one each, or one a slice.
    ///
    /// # Errors
    /// A name that nobody has.
    pub fn items(&self, keys: &[String]) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        for key in keys {
            let member = self.place(key)?;
            items.extend((0..self.slices[member]).map(|slice| Item { member, slice }));
        }
        Ok(items)
    }

    /// Keys of the members of these cohorts.
    pub fn keys(&self, cohorts: &[String]) -> Vec<String> {
        self.members.iter().filter(|m| cohorts.contains(&m.cohort)).map(|m| m.key.clone()).collect()
    }

    /// The place of an input.
    pub fn input(&self, name: &str) -> Option<usize> {
        self.inputs.iter().position(|i| i.name == name)
    }

    /// Whether a member has an input.
    pub fn has(&self, member: usize, input: usize) -> bool {
        match &self.content[input] {
            Content::Images { volumes, .. } => volumes[member].is_some(),
            Content::Columns { rows, .. } => rows[member].is_some(),
            Content::Class(values) => values[member].is_some(),
            Content::Real(values) => values[member].is_some(),
        }
    }

    /// Class numbers by member, where the input is a class.
    pub fn classes(&self, input: usize) -> Option<&[Option<usize>]> {
        if let Content::Class(values) = &self.content[input] { Some(values) } else { None }
    }

    /// Most views of any input; 1 where there are none. A prediction averages over all.
    pub fn views(&self) -> usize {
        self.content
            .iter()
            .map(|c| if let Content::Images { chain, .. } = c { chain.views() } else { 1 })
            .max()
            .unwrap_or(1)
    }

    /// A column of the members' tables as text; absent for cohorts without it.
    ///
    /// # Errors
    /// No cohort has it.
    pub fn column(&self, name: &str) -> Result<Vec<Option<String>>> {
        let places: Vec<_> = self.cohorts.iter().map(|c| c.column(name)).collect();
        if places.iter().all(std::result::Result::is_err)
            && let Some(Err(e)) = places.into_iter().next()
        {
            return Err(e);
        }
        let places: Vec<_> = self.cohorts.iter().map(|c| c.column(name).ok()).collect();
        let of = |m: &Member| {
            let cohort = &self.cohorts[m.cohort_at];
            cohort.text(m.record, places[m.cohort_at].as_ref()?).map(str::to_owned)
        };
        Ok(self.members.iter().map(of).collect())
    }

    /// The affine of a member's prepared image, for maps; `None` where it has none.
    pub fn image(&self, member: usize, input: usize) -> Option<&CachedImage> {
        if let Content::Images { volumes, .. } = &self.content[input] { volumes[member].as_ref() } else { None }
    }

    /// The file of a member's image, for maps that carry its header.
    ///
    /// # Errors
    /// As when the dataset was opened.
    pub fn image_path(&self, member: usize, input: usize) -> Result<Option<PathBuf>> {
        let fascicle_lang::program::InputSource::Image { pattern, .. } = &self.inputs[input].source else {
            return Ok(None);
        };
        let pattern = super::bids::FilePattern::new(pattern)?;
        let member = &self.members[member];
        Ok(match self.cohorts[member.cohort_at].image(member.record, &pattern)? {
            Some(super::cohort::ImageFile::Path(path)) => Some(path),
            _ => None,
        })
    }
}

/// Slices of each member; all inputs that are cut must have the same number.
fn count_slices(inputs: &[InputSpec], content: &[Content], members: &[Member]) -> Result<Vec<usize>> {
    let mut errors = Vec::new();
    let slices = (0..members.len())
        .map(|member| {
            let mut found: Option<(usize, &str)> = None;
            for (spec, content) in inputs.iter().zip(content) {
                let Content::Images { chain, volumes } = content else { continue };
                let (SpatialKind::Slices, Some(volume)) = (chain.kind, &volumes[member]) else { continue };
                let n = volume.shape()[3];
                match found {
                    Some((m, other)) if m != n => errors.push(
                        DataError::Step {
                            step: "slices",
                            problem: format!("{n} slices, expected {m} as in `{other}`; resample both to one grid"),
                        }
                        .of_subject(&members[member].key, &spec.name),
                    ),
                    Some(_) => {}
                    None => found = Some((n, &spec.name)),
                }
            }
            found.map_or(1, |(n, _)| n)
        })
        .collect();
    DataError::collect(errors)?;
    Ok(slices)
}

#[cfg(test)]
mod parts_tests;
#[cfg(test)]
mod prepare_tests;
#[cfg(test)]
mod tests;
