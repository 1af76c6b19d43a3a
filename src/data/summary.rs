//! What can be known without opening a volume: columns of tables, and headers of images. The compiler asks for the
//! first to resolve `vector[_]` and regular expressions, `check --data` for the second.

use super::bids::FilePattern;
use super::cohort::{CohortData, ImageFile, NoImage};
use super::dataset::{chain_of, source_columns};
use super::error::{DataError, IN_NO_COHORT, Result};
use super::grid::{Grid, labels_cut, may_differ, unlike_most};
use super::nifti::read_header;
use super::table::{levels_of, same_level};
use super::transform::{ImageChain, centre_of_mass};
use super::volume::Volume;
use fascicle_lang::program::{CovariateKind, InputRole, InputSource, InputSpec};
use indexmap::IndexSet;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A column with more distinct values than this has no levels.
const MOST_LEVELS: usize = 64;

/// The table of a cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSummary {
    /// Its columns, in order, by the names the file uses.
    pub columns: Vec<ColumnSummary>,
    /// Records that meet every `keep`.
    pub rows: usize,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnSummary {
    /// Its name.
    pub name: String,
    /// Whether every cell that is there is a number.
    pub numeric: bool,
    /// Cells that are missing.
    pub missing: usize,
    /// The line and the text of the first cell that is no number.
    pub first_text: Option<(usize, String)>,
    /// Distinct values, sorted (numbers by value), where there are no more than 64.
    pub levels: Option<Vec<String>>,
    /// How many records have each of them.
    pub counts: Vec<usize>,
}

/// Something that will not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The subject (and session); empty where it concerns the cohort.
    pub subject: String,
    /// The file, where there is one.
    pub file: Option<PathBuf>,
    /// What is wrong, and what to do.
    pub message: String,
}

/// What [`check_data`] found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DataCheck {
    /// What will not work.
    pub problems: Vec<Problem>,
    /// What works, and is perhaps not meant.
    pub warnings: Vec<String>,
}

impl TableSummary {
    /// Summarises the rows of a loaded cohort.
    ///
    /// # Errors
    /// None that loading has not returned before.
    pub fn of(cohort: &CohortData) -> Result<Self> {
        let columns = cohort
            .columns()
            .into_par_iter()
            .map(|name| {
                let place = cohort.column(name)?;
                let cells = || (0..cohort.records.len()).map(|record| cohort.text(record, &place));
                let missing = cells().filter(Option::is_none).count();
                let first_text = cohort.first_text(&place).map(|(line, cell)| (line, cell.to_owned()));
                let levels = few_levels(cells().flatten());
                let counts = levels.as_ref().map_or_else(Vec::new, |levels| {
                    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
                    cells().flatten().for_each(|cell| *counts.entry(cell).or_default() += 1);
                    levels.iter().map(|level| counts.get(level.as_str()).copied().unwrap_or(0)).collect()
                });
                Ok(ColumnSummary {
                    name: name.to_owned(),
                    numeric: first_text.is_none() && missing < cohort.records.len(),
                    missing,
                    first_text,
                    levels,
                    counts,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Self { columns, rows: cohort.records.len() })
    }
}

/// The levels of a column, unless there are too many: a column of measurements is given up after the first few.
fn few_levels<'a>(cells: impl Iterator<Item = &'a str>) -> Option<Vec<String>> {
    let mut distinct = IndexSet::with_capacity(MOST_LEVELS + 1);
    for cell in cells {
        distinct.insert(cell);
        if distinct.len() > MOST_LEVELS {
            return None;
        }
    }
    Some(levels_of(distinct.into_iter()))
}

/// Everything that can be found wrong without decoding a volume: columns that are not there, text in columns of
/// numbers, classes that were not declared, patterns that match nothing or too much, headers that do not fit.
pub fn check_data(inputs: &[InputSpec], cohorts: &[CohortData]) -> DataCheck {
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    for cohort in cohorts {
        for spec in inputs.iter().filter(|i| i.cohort.as_ref().is_none_or(|name| *name == cohort.name)) {
            let about = |message: String| format!("input `{}`: {message}", spec.name);
            match &spec.source {
                InputSource::Given => problems.push(whole(about(IN_NO_COHORT.into()))),
                InputSource::Image { pattern, .. } => match FilePattern::new(pattern) {
                    Ok(pattern) => {
                        let (wrong, seen) = check_images(spec, cohort, &pattern);
                        problems.extend(wrong);
                        let cut: Vec<(String, u64)> =
                            seen.iter().filter_map(|image| Some((image.name.clone(), image.cut?))).collect();
                        warnings.extend(labels_cut(spec, cut.iter().map(|(name, cut)| (name.as_str(), *cut))));
                        if !may_differ(spec) {
                            let grids: Vec<_> = seen.into_iter().map(|image| (image.name, image.grid)).collect();
                            warnings.extend(unlike_most(&spec.name, &grids));
                        }
                    }
                    Err(e) => problems.push(whole(about(e.to_string()))),
                },
                // What a packed model is compared with some cohorts do not know.
                InputSource::Column { column, .. }
                    if spec.optional && spec.role == InputRole::Target && cohort.column(column).is_err() => {}
                InputSource::Column { column, .. } => match cohort.texts(column) {
                    Err(e) => problems.push(whole(about(e.to_string()))),
                    Ok(_) if spec.levels.is_empty() => {
                        problems.extend(numbers(cohort, column).map(|m| whole(about(m))))
                    }
                    Ok(cells) => {
                        for (record, cell) in cohort.records.iter().zip(cells) {
                            if let Some(cell) = cell.filter(|c| !spec.levels.iter().any(|l| same_level(l, c))) {
                                let message = format!("`{cell}` is not among the classes {}", spec.levels.join(", "));
                                problems.push(Problem { subject: record.name(), file: None, message: about(message) });
                            }
                        }
                    }
                },
                InputSource::Columns { .. } => match source_columns(spec, cohort) {
                    Err(e) => problems.push(whole(about(e.to_string()))),
                    Ok(columns) => {
                        for beside in spec.source.covariates() {
                            match (beside.kind, cohort.column(&beside.column)) {
                                (CovariateKind::Number, _) => {
                                    problems.extend(numbers(cohort, &beside.column).map(|m| whole(about(m))));
                                }
                                (CovariateKind::Levels, Err(e)) => problems.push(whole(about(e.to_string()))),
                                (CovariateKind::Levels, Ok(_)) => {}
                            }
                        }
                        for column in columns {
                            match column.classes() {
                                None => problems.extend(numbers(cohort, &column.name).map(|m| whole(about(m)))),
                                Some(_) => {
                                    if let Err(e) = cohort.column(&column.name) {
                                        problems.push(whole(about(e.to_string())));
                                    }
                                }
                            }
                        }
                    }
                },
            }
        }
    }
    DataCheck { problems, warnings }
}

/// What is wrong with a column of numbers, each cell of it.
fn numbers(cohort: &CohortData, column: &str) -> impl Iterator<Item = String> {
    let messages = match cohort.numbers(column) {
        Ok(_) => Vec::new(),
        Err(DataError::Many(errors)) => errors.iter().map(ToString::to_string).collect(),
        Err(e) => vec![e.to_string()],
    };
    messages.into_iter()
}

fn whole(message: String) -> Problem {
    Problem { subject: String::new(), file: None, message }
}

/// What is known of an image that can be read.
struct SeenImage {
    name: String,
    grid: Grid,
    /// Labelled voxels that crops cut off a mask, where they may.
    cut: Option<u64>,
}

/// Labelled voxels that crops cut off a mask; 0 where the image whose centre of mass it is cut around is not there, which is
/// said of that one.
fn cut_off(spec: &InputSpec, chain: &ImageChain, cohort: &CohortData, record: usize, path: &Path) -> Result<u64> {
    let centre = match spec.source.centred_on() {
        None => None,
        Some(pattern) => match cohort.image(record, &FilePattern::new(pattern)?)? {
            None => return Ok(0),
            Some(other) => Some(centre_of_mass(&other.paint()?)?),
        },
    };
    Ok(chain.prepare_around(&Volume::read(path)?, centre)?.cut)
}

/// What is wrong with the images of an input, and what is known of those that can be read. Of masks that a crop may cut
/// into, the voxels are read too.
fn check_images(spec: &InputSpec, cohort: &CohortData, pattern: &FilePattern) -> (Vec<Problem>, Vec<SeenImage>) {
    let looked: Vec<std::result::Result<Option<SeenImage>, Problem>> = (0..cohort.records.len())
        .into_par_iter()
        .map(|record| {
            let name = cohort.records[record].name();
            let problem = |file: Option<PathBuf>, message: String| {
                let message = format!("input `{}`: {message}", spec.name);
                Err(Problem { subject: name.clone(), file, message })
            };
            match cohort.find_image(record, pattern) {
                Err(e) => problem(None, e.to_string()),
                Ok(Err(NoImage::Absent(_))) if spec.optional => Ok(None),
                Ok(Err(NoImage::Absent(reason) | NoImage::Unreadable(reason))) => {
                    let left_out = if spec.optional { "" } else { "; the subject is left out" };
                    problem(None, format!("{reason}{left_out}"))
                }
                Ok(Ok(ImageFile::Scan { .. })) => Ok(None),
                Ok(Ok(ImageFile::Path(path))) => {
                    let fits = read_header(&path).and_then(|header| {
                        let shape = header.volume_shape(&path)?;
                        let mut cut = None;
                        if let Some(chain) = chain_of(spec) {
                            chain.check_boxes(shape)?;
                            if !chain.levels.is_empty() {
                                let reads = chain.may_cut(shape);
                                cut = Some(if reads { cut_off(spec, &chain, cohort, record, &path)? } else { 0 });
                            }
                        }
                        Ok(SeenImage { name: name.clone(), grid: Grid::of(&header), cut })
                    });
                    fits.map(Some).or_else(|e| problem(Some(path), e.to_string()))
                }
            }
        })
        .collect();
    let (mut problems, mut seen) = (Vec::new(), Vec::new());
    for found in looked {
        match found {
            Ok(image) => seen.extend(image),
            Err(problem) => problems.push(problem),
        }
    }
    (problems, seen)
}
