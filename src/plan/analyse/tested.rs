//! What a test is made of, one sample at a time: columns of a table, or voxels of maps.

use super::super::context::Context;
use super::super::error::Result;
use super::table::Table;
use super::voxels::VoxelMaps;
use super::{AnalysisResult, Field};
use crate::program::Argument;
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// Samples of the same subjects, each to be tested by itself.
#[derive(Debug, Clone)]
pub(super) enum Samples {
    /// One a column.
    Columns(Table),
    /// One a voxel.
    Voxels(VoxelMaps),
}

/// What is the same at every voxel: how many maps there are.
const SAME_EVERYWHERE: [&str; 3] = ["n", "n_first", "n_second"];

impl Samples {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Columns(table) => table.names.len(),
            Self::Voxels(maps) => maps.space.voxels.len(),
        }
    }

    /// "columns", "voxels".
    pub fn what(&self) -> &'static str {
        match self {
            Self::Columns(_) => "columns",
            Self::Voxels(_) => "voxels",
        }
    }

    /// Whose they are.
    pub fn subjects(&self) -> &[String] {
        match self {
            Self::Columns(table) => &table.subjects,
            Self::Voxels(maps) => &maps.names,
        }
    }

    /// A subject's value; `None` where it is missing.
    pub fn at(&self, subject: usize, sample: usize) -> Option<f64> {
        match self {
            Self::Columns(table) => table.values[subject][sample],
            Self::Voxels(maps) => maps.at(subject, sample),
        }
    }

    /// The values of some subjects that are there.
    pub fn of(&self, sample: usize, subjects: impl IntoIterator<Item = usize>) -> Vec<f64> {
        subjects.into_iter().filter_map(|subject| self.at(subject, sample)).collect()
    }

    /// What a sample is called.
    pub fn name(&self, sample: usize) -> String {
        match self {
            Self::Columns(table) => table.names.get(sample).cloned().unwrap_or_default(),
            Self::Voxels(maps) => format!("voxel {:?}", maps.space.at(sample)),
        }
    }

    /// Puts what was found for each sample into the result.
    pub fn put(&self, analysed: &mut AnalysisResult, field: &str, values: Vec<Option<f64>>) {
        let found = match self {
            Self::Columns(table) => Field::Columns { names: table.names.clone(), values },
            Self::Voxels(_) if SAME_EVERYWHERE.contains(&field) => match values.into_iter().flatten().next() {
                Some(value) => Field::Number(value),
                None => return,
            },
            Self::Voxels(maps) => {
                analysed.space = Some(maps.space.clone());
                let values = values.into_iter().map(|v| v.map_or(f32::NAN, |v| v as f32)).collect();
                Field::Maps { names: vec![String::new()], places: Vec::new(), values: vec![values] }
            }
        };
        analysed.fields.insert(field.to_owned(), found);
    }

    /// Of maps, the mean map of each group.
    pub fn put_means(&self, analysed: &mut AnalysisResult, groups: &[(String, Vec<usize>)]) {
        let Self::Voxels(maps) = self else { return };
        let names = groups.iter().map(|(label, _)| label.clone()).collect();
        let values = groups.iter().map(|(_, members)| maps.mean(members)).collect();
        analysed.fields.insert("means".into(), Field::Maps { names, places: Vec::new(), values });
    }
}

/// Places of the members of each group that has any.
pub(super) fn grouped(subjects: &[String], groups: &IndexMap<String, Vec<String>>) -> Vec<(String, Vec<usize>)> {
    let places: BTreeMap<&str, usize> = subjects.iter().enumerate().map(|(at, s)| (s.as_str(), at)).collect();
    let members =
        |names: &Vec<String>| names.iter().filter_map(|s| places.get(s.as_str()).copied()).collect::<Vec<_>>();
    groups
        .iter()
        .map(|(label, names)| (label.clone(), members(names)))
        .filter(|(_, members)| !members.is_empty())
        .collect()
}

impl Context<'_> {
    /// The samples that an argument stands for.
    ///
    /// # Errors
    /// As [`Context::values`]; maps that cannot be read.
    pub(super) fn samples(&self, task: &str, variant: usize, argument: &Argument) -> Result<Samples> {
        match argument {
            Argument::Maps { analysis, field } => Ok(Samples::Voxels(self.maps(variant, analysis, field)?)),
            other => Ok(Samples::Columns(self.values(task, variant, other)?)),
        }
    }
}
