//! What is by column, at the voxels of an atlas: each region has its column's number.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::voxels::PAINTED;
use super::{AnalysisResult, Field, Place, Space, argument};
use crate::data::label_table::LabelTable;
use crate::data::volume::Volume;
use crate::program::{Analysis, Argument};
use std::collections::BTreeMap;

/// Names that a note gives.
const SHOWN: usize = 4;

impl Context<'_> {
    /// The image.
    pub(super) fn paint(&self, task: &str, variant: usize, declared: &Analysis) -> Result<AnalysisResult> {
        let Argument::Result { analysis, field } = argument(task, declared, "values")? else {
            return Err(PlanError::task(task, "`values` names a field of an analysis"));
        };
        let Field::Columns { names, values } = self.field(variant, analysis, field)? else {
            return Err(PlanError::task(task, format!("`{analysis}.{field}` is not by column")));
        };
        let (atlas, table) = (file(task, declared, "on")?, file(task, declared, "names")?);
        let labels = LabelTable::read(&self.sources.path(table)).map_err(PlanError::data(task))?;
        let image = self.sources.path(atlas);
        let volume = Volume::read(&image).map_err(PlanError::data(task))?;

        // By label: the column and its number.
        let mut painted: BTreeMap<i64, (&str, f64)> = BTreeMap::new();
        let (mut unknown, mut undefined) = (Vec::new(), Vec::new());
        for (name, value) in names.iter().zip(&values) {
            let Some(label) = labels.find(name).map_err(PlanError::data(task))? else {
                unknown.push(name.as_str());
                continue;
            };
            let Some(value) = value else {
                undefined.push(name.as_str());
                continue;
            };
            if let Some((other, _)) = painted.insert(label.index, (name, *value)) {
                let problem = format!(
                    "`{other}` and `{name}` are both of the label {} (`{}`), which has one number; analyse the columns of one \
                     measure at a time",
                    label.index, label.name
                );
                return Err(PlanError::task(task, problem));
            }
        }
        if painted.is_empty() {
            let problem = format!(
                "no column of `{analysis}` is called like a label of {table}: columns are {}, labels {}; names are the same, or \
                 differ in case, marks between words, `ctx` and the measure",
                listed(names.iter().map(String::as_str)),
                listed(labels.labels.iter().map(|label| label.name.as_str()))
            );
            return Err(PlanError::task(task, problem));
        }
        let mut here: BTreeMap<i64, usize> = BTreeMap::new();
        let (mut voxels, mut numbers) = (Vec::new(), Vec::new());
        for (at, voxel) in volume.data.iter().enumerate() {
            if voxel.fract() != 0.0 {
                let problem = format!(
                    "{atlas} has a voxel of {voxel}, and labels are whole numbers: it is no label image, or was interpolated; \
                     resample labels to the nearest neighbour"
                );
                return Err(PlanError::task(task, problem));
            }
            let label = *voxel as i64;
            if label == 0 {
                continue;
            }
            *here.entry(label).or_default() += 1;
            // Regions without a number are kept, so that a figure shows where the others lie.
            voxels.push(at);
            numbers.push(painted.get(&label).map_or(f32::NAN, |(_, value)| *value as f32));
        }
        let coloured: usize = here.iter().filter(|(label, _)| painted.contains_key(label)).map(|(_, n)| *n).sum();
        let absent: Vec<&str> =
            painted.iter().filter(|(label, _)| !here.contains_key(label)).map(|(_, (name, _))| *name).collect();
        if coloured == 0 {
            let problem = format!(
                "none of the {} labels of {table} that columns are called like is in {atlas}: is it the image that the table \
                 belongs to?",
                painted.len()
            );
            return Err(PlanError::task(task, problem));
        }
        let name_of = |index: &i64| labels.labels.iter().find(|label| label.index == *index).map(|l| l.name.as_str());
        let bare: Vec<&str> = here.keys().filter(|label| !painted.contains_key(label)).filter_map(&name_of).collect();
        let nameless = here.keys().filter(|label| name_of(label).is_none()).count();
        let regions = painted.len() - absent.len();
        let method = format!(
            "{analysis}.{field} of {regions} columns at {coloured} voxels of {atlas}, labels by {table}; 0 elsewhere"
        );
        let mut analysed = AnalysisResult::new(declared, method);
        let mut note = |n: usize, of: usize, what: &str, which: &[&str]| {
            if n > 0 {
                analysed.notes.push(format!("{n} of {of} {what}: {}", listed(which.iter().copied())));
            }
        };
        note(unknown.len(), names.len(), &format!("columns have no label in {table}"), &unknown);
        note(undefined.len(), names.len(), "columns have no number", &undefined);
        note(absent.len(), names.len(), &format!("columns have a label that is not in {atlas}"), &absent);
        note(bare.len(), here.len(), "labels have no column", &bare);
        if nameless > 0 {
            analysed.notes.push(format!("{nameless} of {} labels of {atlas} have no name in {table}", here.len()));
        }
        analysed.space = Some(Space {
            shape: volume.shape(),
            place: Place { affine: volume.affine, source: Some(image) },
            as_source: true,
            voxels,
        });
        let map = Field::Maps { names: vec![field.clone()], places: Vec::new(), values: vec![numbers] };
        analysed.fields.insert(PAINTED.into(), map);
        analysed.fields.insert("painted".into(), Field::Number(regions as f64));
        Ok(analysed)
    }
}

fn file<'a>(task: &str, declared: &'a Analysis, name: &str) -> Result<&'a str> {
    match argument(task, declared, name)? {
        Argument::File(path) => Ok(path),
        _ => Err(PlanError::task(task, format!("`{name}` names a file"))),
    }
}

/// The first names, and whether there are more.
fn listed<'a>(names: impl Iterator<Item = &'a str> + Clone) -> String {
    let shown: Vec<String> = names.clone().take(SHOWN).map(|name| format!("`{name}`")).collect();
    format!("{}{}", shown.join(", "), if names.count() > SHOWN { ", .." } else { "" })
}
