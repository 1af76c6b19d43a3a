//! The people that a packed model is applied to: read as its training cohort was, and compared with what it needs.

use super::super::error::{PlanError, Result};
use super::{PackedModel, PredictOptions};
use crate::data::Grid;
use crate::data::cache::Cache;
use crate::data::cohort::CohortData;
use crate::data::dataset::Dataset;
use crate::data::error::DataError;
use crate::data::nifti::read_header;
use crate::data::table::Tables;
use crate::program::{Cohort, CohortSource, InputRole, InputSource, InputSpec};
use rayon::prelude::*;
use std::path::Path;

/// Millimetres by which the sizes of voxels may differ.
const SAME_MM: f64 = 0.01;

/// Finds the people, decodes their images and compares them with what the model was trained on.
///
/// # Errors
/// Data that cannot be read, columns that are missing, classes that the model does not know, other voxels: by name.
pub(super) fn people(
    model: &PackedModel,
    options: &PredictOptions<'_>,
    cache: &Cache,
    progress: &(dyn Fn(usize, usize) -> std::result::Result<(), DataError> + Sync),
) -> Result<Dataset> {
    let at = || PlanError::data("reading the data");
    let cohort = cohort(model, options)?;
    let specs: Vec<InputSpec> = model.program.inputs[..model.reads]
        .iter()
        .map(|spec| {
            // A condition that was a target is read where it is asked for, too.
            InputSpec {
                role: if spec.role == InputRole::Target { InputRole::Condition } else { spec.role },
                ..spec.clone()
            }
        })
        .collect();
    let sets: Vec<Vec<usize>> =
        model.program.at_least_one.iter().map(|set| set.iter().map(|input| input.index()).collect()).collect();
    let opened = Dataset::open_new_people(&specs, &sets, std::slice::from_ref(&cohort), cache, progress);
    let dataset = opened.map_err(|error| match lacks_column(&error) {
        false => at()(error),
        true => {
            let advice =
                "a column that has another name here is given by --rename NAME=COLUMN, one of another table by --join TABLE";
            PlanError::Packed { path: options.data.clone(), problem: format!("{error}; {advice}") }
        }
    })?;
    if !options.any_spacing {
        compare_voxels(model, &dataset, options)?;
    }
    Ok(dataset)
}

pub(in super::super) fn lacks_column(error: &DataError) -> bool {
    match error {
        DataError::NoColumn { .. } => true,
        DataError::Many(errors) => errors.iter().any(lacks_column),
        _ => false,
    }
}

/// The cohort, with the columns by the names that the model uses wherever the table has them by their own.
fn cohort(model: &PackedModel, options: &PredictOptions<'_>) -> Result<CohortData> {
    let path = options.data.display().to_string();
    let is_folder = options.data.is_dir();
    let source = if is_folder { CohortSource::Bids { path } } else { CohortSource::Table { path } };
    let mut cohort = Cohort { join: options.join.clone(), complete: Some(0.0), ..Cohort::new("people", source) };
    let tables = Tables::default();
    let load = |cohort: &Cohort| CohortData::load_with(cohort, Path::new(""), &tables);
    let at = || PlanError::data("reading the data");
    // What columns are called here is known only when they have been read. Which one identifies the people of a table is not
    // known before, so that nothing is joined yet.
    let first = if is_folder { cohort.clone() } else { Cohort { join: Vec::new(), ..cohort.clone() } };
    let own = load(&first).map_err(at())?;
    let columns: Vec<String> = own.columns().into_iter().map(str::to_owned).collect();
    let has = |name: &String| columns.contains(name);
    cohort.rename =
        model.rename.iter().filter(|(new, old)| has(old) && !has(new)).map(|(n, o)| (n.clone(), o.clone())).collect();
    cohort.rename.extend(options.rename.iter().map(|(new, old)| (new.clone(), old.clone())));
    cohort.subject = options.subject.clone().or_else(|| model.subject.clone().filter(has));
    load(&cohort).map_err(at())
}

/// Images must have voxels as large as those the model was trained on, unless its steps bring them to one size.
fn compare_voxels(model: &PackedModel, dataset: &Dataset, options: &PredictOptions<'_>) -> Result<()> {
    let grids = model.grids.iter().take(model.reads).enumerate();
    let expected: Vec<(usize, &Grid)> = grids.filter_map(|(at, grid)| Some((at, grid.as_ref()?))).collect();
    let told = unlike_voxels(dataset, &expected)?;
    if told.is_empty() {
        return Ok(());
    }
    let advice = "resample them first, or say --any-spacing where that is meant";
    Err(PlanError::Packed { path: options.data.clone(), problem: format!("{}; {advice}", told.join("\n")) })
}

/// What is to be said of images whose voxels have another size than those of training; by the place of an input among
/// those of the dataset.
///
/// # Errors
/// An image whose header cannot be read.
pub(super) fn unlike_voxels(dataset: &Dataset, expected: &[(usize, &Grid)]) -> Result<Vec<String>> {
    let mut told = Vec::new();
    for (at, grid) in expected.iter().copied() {
        let spec = &dataset.inputs[at];
        if !matches!(spec.source, InputSource::Image { .. }) {
            continue;
        }
        let wanted = grid.voxel_mm();
        let looked: Vec<Option<(String, [f64; 3])>> = (0..dataset.members.len())
            .into_par_iter()
            .map(|member| {
                let path = dataset.image_path(member, at).map_err(PlanError::data("reading the data"))?;
                let header = path.map(|path| read_header(&path)).transpose();
                let header = header.map_err(PlanError::data("reading the data"))?;
                Ok(header.map(|h| (dataset.members[member].key.clone(), h.voxel_mm)))
            })
            .collect::<Result<_>>()?;
        let unlike = |mm: &[f64; 3]| mm.iter().zip(wanted).any(|(a, b)| (a - b).abs() > SAME_MM);
        let others: Vec<&(String, [f64; 3])> = looked.iter().flatten().filter(|(_, mm)| unlike(mm)).collect();
        let Some((_, first)) = others.first() else { continue };
        let names: Vec<&str> = others.iter().take(3).map(|(name, _)| name.as_str()).collect();
        let size = |mm: &[f64; 3]| mm.map(|v| format!("{}", (v * 100.0).round() / 100.0)).join(" x ");
        told.push(format!(
            "input `{}`: {} of {} images have voxels of another size ({}{}: {} mm), and the model was trained on {} mm",
            spec.name,
            others.len(),
            looked.iter().flatten().count(),
            names.join(", "),
            if others.len() > 3 { ", .." } else { "" },
            size(first),
            size(&wanted)
        ));
    }
    Ok(told)
}
