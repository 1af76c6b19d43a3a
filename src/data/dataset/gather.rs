//! Who has what: files found, cells typed, reasons noted; then images decoded in parallel.

use super::super::bids::FilePattern;
use super::super::cache::{Cache, CachedImage, Filling};
use super::super::cohort::{CohortData, ColumnPlace, ImageFile, NoImage};
use super::super::error::{DataError, IN_NO_COHORT, Result};
use super::super::flow::Flow;
use super::super::grid::{Grid, may_differ, unlike_most};
use super::super::table::same_level;
use super::super::transform::{ColumnPlan, ColumnRow, CovariateCell, ImageChain, SourceColumn};
use super::prepare::{Ready, prepare};
use super::{Content, Member};
use fascicle_lang::program::{
    CohortClause, ColumnSelector, ColumnStep, Covariate, InputRole, InputSource, InputSpec, Missing,
};
use rayon::prelude::*;
use regex::Regex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Members, and what each has of each input.
pub(super) struct Gathered {
    pub(super) members: Vec<Member>,
    pub(super) flows: Vec<Flow>,
    /// By input, then by member.
    found: Vec<Vec<Found>>,
    /// Source columns of inputs that have any.
    columns: Vec<Vec<SourceColumn>>,
}

/// What a record has of an input.
#[derive(Debug, Clone)]
enum Found {
    /// Nothing: it is from another cohort, or it lacks an optional input.
    Nothing,
    /// A file, and the one whose centre of mass it is cut around, where that is another.
    Image(ImageFile, Option<ImageFile>),
    Cells(ColumnRow),
    Class(usize),
    Real(f64),
}

/// The outcome of looking for one input of one record.
enum Outcome {
    Has(Found),
    /// It lacks it, for this reason.
    Lacks(String),
    /// It has it, perhaps, and it cannot be read.
    Unreadable(String),
}

/// Looks for every input of every record. That nobody has an input is an error.
pub(super) fn gather_availability(
    inputs: &[InputSpec],
    at_least_one: &[Vec<usize>],
    cohorts: &[CohortData],
) -> Result<Gathered> {
    let gathered = gather_new_people(inputs, at_least_one, cohorts)?;
    if let Some((spec, _)) = inputs.iter().zip(&gathered.found).find(|(_, found)| nobody_has(found)) {
        let flows: Vec<String> = gathered.flows.iter().map(ToString::to_string).collect();
        let problem = format!("nobody has it.\n{}", flows.join("\n"));
        return Err(DataError::Input { input: spec.name.clone(), problem });
    }
    Ok(gathered)
}

fn nobody_has(found: &[Found]) -> bool {
    found.iter().all(|found| matches!(found, Found::Nothing))
}

/// The same of people who train nothing: all of them may lack what may be absent.
pub(super) fn gather_new_people(
    inputs: &[InputSpec],
    at_least_one: &[Vec<usize>],
    cohorts: &[CohortData],
) -> Result<Gathered> {
    let mut readers = Vec::new();
    let mut errors = Vec::new();
    for spec in inputs {
        let by_cohort: Vec<Option<Reader>> = match Reader::for_cohorts(spec, cohorts) {
            Ok(readers) => readers,
            Err(e) => {
                errors.push(e);
                Vec::new()
            }
        };
        readers.push(by_cohort);
    }
    DataError::collect(errors)?;

    let mut gathered =
        Gathered { members: Vec::new(), flows: Vec::new(), found: vec![Vec::new(); inputs.len()], columns: Vec::new() };
    gathered.columns = readers
        .iter()
        .map(|by_cohort| by_cohort.iter().flatten().next().map_or_else(Vec::new, Reader::source_columns))
        .collect();
    let mut errors = Vec::new();
    for (cohort_at, cohort) in cohorts.iter().enumerate() {
        let mut flow = cohort.flow.clone();
        let first = gathered.members.len();
        for (record, this) in cohort.records.iter().enumerate() {
            let name = this.name();
            let mut row = Vec::with_capacity(inputs.len());
            let mut lacks: Option<String> = None;
            let mut notes = Vec::new();
            for (spec, readers) in inputs.iter().zip(&readers) {
                let Some(reader) = &readers[cohort_at] else {
                    row.push(Found::Nothing);
                    continue;
                };
                match reader.look(spec, cohort, record) {
                    Ok(Outcome::Has(found)) => row.push(found),
                    Ok(outcome @ (Outcome::Lacks(_) | Outcome::Unreadable(_))) => {
                        let reason = match outcome {
                            Outcome::Unreadable(reason) => {
                                // Each file is a reason of its own; they are counted together.
                                flow.cannot_read(&format!("`{}`", spec.name), &format!("{name}: {reason}"));
                                "its file cannot be read".to_owned()
                            }
                            Outcome::Lacks(reason) => reason,
                            Outcome::Has(_) => String::new(),
                        };
                        // People without a target are used wherever none is needed.
                        if spec.optional || spec.role == InputRole::Target {
                            notes.push(format!("without `{}`: {reason}", spec.name));
                        } else {
                            lacks.get_or_insert(format!("no `{}`: {reason}", spec.name));
                        }
                        row.push(Found::Nothing);
                    }
                    Err(e) => {
                        errors.push(e.of_subject(&name, &spec.name));
                        row.push(Found::Nothing);
                    }
                }
            }
            let lacks =
                lacks.or_else(|| has_none(inputs, at_least_one, &row, |input| readers[input][cohort_at].is_some()));
            if let Some(reason) = lacks {
                flow.leave_out(&reason, &name);
                continue;
            }
            notes.iter().for_each(|reason| flow.note(reason, &name));
            for (column, found) in gathered.found.iter_mut().zip(row) {
                column.push(found);
            }
            let key = if cohorts.len() > 1 { format!("{}:{name}", cohort.name) } else { name };
            let person = cohort.person(record);
            gathered.members.push(Member { key, cohort: cohort.name.clone(), person, cohort_at, record });
        }
        let is_read = |input: &usize| readers[*input][cohort_at].is_some();
        flow.having = (0..inputs.len())
            .filter(is_read)
            .map(|input| {
                let has = |found: &&Found| !matches!(found, Found::Nothing);
                (inputs[input].name.clone(), gathered.found[input][first..].iter().filter(has).count())
            })
            .collect();
        gathered.flows.push(flow);
    }
    DataError::collect(errors)?;
    if let Some(flow) = gathered.flows.iter().find(|f| f.analysed == 0) {
        return Err(DataError::NobodyLeft(Box::new(flow.clone())).of_clause(&flow.cohort, CohortClause::Source));
    }
    for (cohort, flow) in cohorts.iter().zip(&gathered.flows) {
        let (kept, least) = (cohort.records.len(), cohort.least_complete);
        if (flow.analysed as f64) < least * kept as f64 {
            // Rounded down, so that what is suggested holds.
            let suggested = (100.0 * flow.analysed as f64 / kept as f64).floor() / 100.0;
            let few =
                DataError::FewComplete { have: flow.analysed, kept, least, suggested, flow: Box::new(flow.clone()) };
            return Err(few.of_clause(&flow.cohort, CohortClause::Source));
        }
    }
    Ok(gathered)
}

/// Who would be analysed, and who left out and why, by cohort: what [`Dataset::open_with_one_of`](super::Dataset::open_with_one_of)
/// will find, without decoding anything.
///
/// # Errors
/// As there, but for what only the images' content tells.
pub fn availability(inputs: &[InputSpec], at_least_one: &[Vec<usize>], cohorts: &[CohortData]) -> Result<Vec<Flow>> {
    Ok(gather_availability(inputs, at_least_one, cohorts)?.flows)
}

/// The grid of most images of each input, and what is to be said of those on unlike grids.
pub(super) fn compare_grids(inputs: &[InputSpec], gathered: &Gathered) -> Result<(Vec<Option<Grid>>, Vec<String>)> {
    let (mut most, mut warnings) = (Vec::new(), Vec::new());
    for (spec, found) in inputs.iter().zip(&gathered.found) {
        if may_differ(spec) {
            most.push(None);
            continue;
        }
        let grids = gathered.members.par_iter().zip(found).map(|(member, found)| match found {
            Found::Image(file, _) => Ok(Grid::read(file)?.map(|grid| (member.key.clone(), grid))),
            _ => Ok(None),
        });
        let grids: Vec<(String, Grid)> = grids.collect::<Result<Vec<Option<_>>>>()?.into_iter().flatten().collect();
        most.push(Grid::of_most(grids.iter().map(|(_, grid)| grid)));
        warnings.extend(unlike_most(&spec.name, &grids));
    }
    Ok((most, warnings))
}

/// The first set of inputs of which a record has none, in words. A set that is not read from its cohort does not count.
fn has_none(
    inputs: &[InputSpec],
    sets: &[Vec<usize>],
    row: &[Found],
    is_read: impl Fn(usize) -> bool,
) -> Option<String> {
    let lacks = |input: &usize| matches!(row.get(*input), None | Some(Found::Nothing));
    let set = sets.iter().find(|set| set.iter().any(|input| is_read(*input)) && set.iter().all(lacks))?;
    let names: Vec<String> = set.iter().filter_map(|i| Some(format!("`{}`", inputs.get(*i)?.name))).collect();
    Some(format!("none of {}", names.join(", ")))
}

/// Decodes all images in parallel, and puts cells into columns. Of people who train nothing, columns are not planned: what
/// is done to them was fitted on others.
pub(super) fn decode(
    inputs: &[InputSpec],
    gathered: &Gathered,
    trains: bool,
    cache: &Cache,
    progress: &(dyn Fn(usize, usize) -> Result<()> + Sync),
) -> Result<Vec<Content>> {
    let is_image = |found: &&Found| matches!(found, Found::Image(..));
    let total = gathered.found.iter().flatten().filter(is_image).count();
    let (done, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut errors = Vec::new();
    let mut content = Vec::with_capacity(inputs.len());
    for (at, spec) in inputs.iter().enumerate() {
        let found = &gathered.found[at];
        content.push(match &spec.source {
            InputSource::Image { .. } => {
                let Some(chain) = chain_of(spec) else { continue };
                // What is not there is put there by all threads, and read back when it has a name.
                let filling = cache.fill();
                let outcomes: Vec<Result<Option<Ready>>> = found
                    .par_iter()
                    .enumerate()
                    .map(|(member, found)| {
                        let Found::Image(file, centre) = found else { return Ok(None) };
                        if stopped.load(Ordering::Relaxed) {
                            return Ok(None);
                        }
                        let image = prepare(file, centre.as_ref(), &chain, cache, &filling);
                        if progress(done.fetch_add(1, Ordering::Relaxed) + 1, total).is_err() {
                            stopped.store(true, Ordering::Relaxed);
                        }
                        image.map(Some).map_err(|e| e.of_subject(&gathered.members[member].key, &spec.name))
                    })
                    .collect();
                filling.end()?;
                if stopped.load(Ordering::Relaxed) {
                    return Err(DataError::Interrupted);
                }
                let volumes: Vec<Result<Option<CachedImage>>> = outcomes
                    .into_par_iter()
                    .map(|outcome| match outcome? {
                        None => Ok(None),
                        Some(Ready::Found(image)) => Ok(Some(*image)),
                        Some(Ready::Made(key)) => Filling::read_back(cache, &key).map(Some),
                    })
                    .collect();
                let volumes = volumes.into_iter().map(|volume| {
                    volume.unwrap_or_else(|e| {
                        errors.push(e);
                        None
                    })
                });
                Content::Images { chain, volumes: volumes.collect() }
            }
            InputSource::Columns { .. } if !trains => {
                let cells = |found: &Found| if let Found::Cells(row) = found { Some(row.clone()) } else { None };
                Content::Columns { plan: None, rows: found.iter().map(cells).collect() }
            }
            InputSource::Columns { missing, .. } => {
                let columns = gathered.columns[at].clone();
                let rows: Vec<Option<ColumnRow>> =
                    found.iter().map(|f| if let Found::Cells(row) = f { Some(row.clone()) } else { None }).collect();
                let has_missing: Vec<bool> =
                    (0..columns.len()).map(|j| rows.iter().flatten().any(|row| row.cells[j].is_none())).collect();
                let width = spec.shape.iter().product();
                match ColumnPlan::new(columns, missing.clone(), &has_missing, width) {
                    Ok(plan) => Content::Columns { plan: Some(plan), rows },
                    Err(e) => {
                        errors.push(DataError::Input { input: spec.name.clone(), problem: e.to_string() });
                        continue;
                    }
                }
            }
            InputSource::Column { .. } if !spec.levels.is_empty() => {
                Content::Class(found.iter().map(|f| if let Found::Class(c) = f { Some(*c) } else { None }).collect())
            }
            InputSource::Given => {
                errors.push(in_no_cohort(spec));
                continue;
            }
            InputSource::Column { .. } => {
                Content::Real(found.iter().map(|f| if let Found::Real(v) = f { Some(*v) } else { None }).collect())
            }
        });
    }
    DataError::collect(errors)?;
    Ok(content)
}

fn in_no_cohort(spec: &InputSpec) -> DataError {
    DataError::Input { input: spec.name.clone(), problem: IN_NO_COHORT.into() }
}

/// The chain of an image input.
pub(crate) fn chain_of(spec: &InputSpec) -> Option<ImageChain> {
    let InputSource::Image { kind, steps, .. } = &spec.source else { return None };
    Some(ImageChain { kind: *kind, steps: steps.clone(), shape: spec.shape.clone(), levels: spec.levels.clone() })
}

/// How one input is looked for in one cohort.
enum Reader {
    /// The image, and the one whose centre of mass it is cut around, where that is another.
    Image(Box<(FilePattern, Option<FilePattern>)>),
    Columns(Vec<(SourceColumn, ColumnPlace)>, Vec<(Covariate, ColumnPlace)>),
    Column(ColumnPlace),
    /// An optional input whose columns this cohort lacks altogether.
    Absent(String),
}

impl Reader {
    /// By cohort; `None` where the input is not read from it.
    fn for_cohorts(spec: &InputSpec, cohorts: &[CohortData]) -> Result<Vec<Option<Self>>> {
        let applies = |c: &CohortData| spec.cohort.as_ref().is_none_or(|name| *name == c.name);
        if spec.source == InputSource::Given {
            return Err(in_no_cohort(spec));
        }
        if !cohorts.iter().any(&applies) {
            let problem = format!(
                "it is read from cohort `{}`, which is not among those loaded",
                spec.cohort.as_deref().unwrap_or("")
            );
            return Err(DataError::Input { input: spec.name.clone(), problem });
        }
        let mut columns: Option<Vec<SourceColumn>> = None;
        cohorts
            .iter()
            .map(|cohort| {
                if !applies(cohort) {
                    return Ok(None);
                }
                Ok(Some(match &spec.source {
                    InputSource::Given => return Err(in_no_cohort(spec)),
                    InputSource::Image { pattern, .. } => {
                        let centre = spec.source.centred_on().map(FilePattern::new).transpose()?;
                        Self::Image(Box::new((FilePattern::new(pattern)?, centre)))
                    }
                    // What a packed model is compared with some cohorts do not know.
                    InputSource::Column { column, .. } if spec.optional && spec.role == InputRole::Target => {
                        match cohort.column(column) {
                            Ok(place) => Self::Column(place),
                            Err(_) => Self::Absent(format!("the table of `{}` has no such column", cohort.name)),
                        }
                    }
                    InputSource::Column { column, .. } => Self::Column(cohort.column(column)?),
                    InputSource::Columns { .. } => {
                        let wanted = match &columns {
                            Some(columns) => columns.clone(),
                            None => source_columns(spec, cohort)?,
                        };
                        let beside = spec.source.covariates();
                        let names = wanted.iter().map(|c| &c.name).chain(beside.iter().map(|c| &c.column));
                        let placed: Vec<Result<ColumnPlace>> = names.map(|name| cohort.column(name)).collect();
                        let missing = placed.iter().filter(|p| p.is_err()).count();
                        columns.get_or_insert(wanted.clone());
                        if missing > 0 && spec.optional && spec.cohort.is_none() {
                            Self::Absent(format!("{missing} of its columns are not in the table of `{}`", cohort.name))
                        } else {
                            let mut errors = Vec::new();
                            let mut places = placed
                                .into_iter()
                                .filter_map(|p| p.map_err(|e| errors.push(e)).ok())
                                .collect::<Vec<_>>();
                            DataError::collect(errors)?;
                            let behind = places.split_off(wanted.len());
                            let columns = wanted.into_iter().zip(places).collect();
                            Self::Columns(columns, beside.into_iter().zip(behind).collect())
                        }
                    }
                }))
            })
            .collect()
    }

    fn source_columns(&self) -> Vec<SourceColumn> {
        if let Self::Columns(columns, _) = self { columns.iter().map(|(c, _)| c.clone()).collect() } else { Vec::new() }
    }

    fn look(&self, spec: &InputSpec, cohort: &CohortData, record: usize) -> Result<Outcome> {
        Ok(match self {
            Self::Absent(reason) => Outcome::Lacks(reason.clone()),
            Self::Image(patterns) => {
                let (pattern, centre) = patterns.as_ref();
                let of_centre = match centre {
                    Some(centre) => cohort.find_image(record, centre)?.map(Some),
                    None => Ok(None),
                };
                match (cohort.find_image(record, pattern)?, of_centre) {
                    (Ok(file), Ok(centre)) => Outcome::Has(Found::Image(file, centre)),
                    (Err(NoImage::Unreadable(reason)), _) | (Ok(_), Err(NoImage::Unreadable(reason))) => {
                        Outcome::Unreadable(reason)
                    }
                    (Err(NoImage::Absent(reason)), _) => Outcome::Lacks(reason),
                    (Ok(_), Err(NoImage::Absent(reason))) => {
                        Outcome::Lacks(format!("{reason}, whose centre of mass it is cut around"))
                    }
                }
            }
            Self::Column(place) if spec.levels.is_empty() => match cohort.number(record, place)? {
                Some(value) if value <= 0.0 && starts_with_log(spec) => {
                    let problem = format!("it is {value}, and a logarithm needs numbers above 0");
                    return Err(DataError::Step { step: "log", problem });
                }
                Some(value) => Outcome::Has(Found::Real(value)),
                None => Outcome::Lacks("the cell is missing".into()),
            },
            Self::Column(place) => match cohort.text(record, place) {
                None => Outcome::Lacks("the cell is missing".into()),
                Some(cell) => match spec.levels.iter().position(|level| same_level(level, cell)) {
                    Some(class) => Outcome::Has(Found::Class(class)),
                    None => {
                        let known = spec.levels.join(", ");
                        Outcome::Lacks(format!("`{}` is `{cell}`, which is not among {known}", spec.name))
                    }
                },
            },
            Self::Columns(columns, beside) => cells(spec, columns, beside, cohort, record)?,
        })
    }
}

/// Whether models are trained on the logarithm of a target.
fn starts_with_log(spec: &InputSpec) -> bool {
    matches!(&spec.source, InputSource::Column { steps, .. } if matches!(steps.first(), Some(ColumnStep::Log)))
}

/// A record's cells of several columns, and of what their steps read beside them.
fn cells(
    spec: &InputSpec,
    columns: &[(SourceColumn, ColumnPlace)],
    beside: &[(Covariate, ColumnPlace)],
    cohort: &CohortData,
    record: usize,
) -> Result<Outcome> {
    let InputSource::Columns { missing, .. } = &spec.source else { return Ok(Outcome::Has(Found::Nothing)) };
    if !cohort.has_row(record) {
        return Ok(Outcome::Lacks("no row in the table".into()));
    }
    let mut row = Vec::with_capacity(columns.len());
    let mut errors = Vec::new();
    let mut lacking = Vec::new();
    for (column, place) in columns {
        let value = match column.classes() {
            None => cohort.number(record, place).unwrap_or_else(|e| {
                errors.push(e);
                None
            }),
            Some(levels) => cohort
                .text(record, place)
                .and_then(|cell| levels.iter().position(|level| same_level(level, cell)))
                .map(|class| class as f64),
        };
        if value.is_some_and(|v| v <= 0.0) && column.starts_with_log() {
            let problem =
                format!("column `{}` is {}, and a logarithm needs positive numbers", column.name, value.unwrap_or(0.0));
            errors.push(DataError::Step { step: "log", problem });
        }
        if value.is_none() {
            lacking.push(match (column.classes(), cohort.text(record, place)) {
                (Some(levels), Some(cell)) => {
                    format!("`{}` is `{cell}`, which is not among {}", column.name, levels.join(", "))
                }
                _ => format!("`{}` is missing", column.name),
            });
        }
        row.push(value);
    }
    // Nothing stands in for a site, or for what is kept of a person.
    let mut covariates = Vec::with_capacity(beside.len());
    let mut lost = None;
    for (covariate, place) in beside {
        match CovariateCell::of(cohort, record, covariate, place) {
            Ok(Some(cell)) => covariates.push(cell),
            Ok(None) => {
                lost.get_or_insert_with(|| format!("`{}` is missing", covariate.column));
            }
            Err(e) => errors.push(e),
        }
    }
    DataError::collect(errors)?;
    if let Some(reason) = lost {
        return Ok(Outcome::Lacks(reason));
    }
    match lacking.into_iter().next() {
        Some(reason) if *missing == Missing::Absent => Ok(Outcome::Lacks(reason)),
        _ => Ok(Outcome::Has(Found::Cells(ColumnRow { cells: row, covariates }))),
    }
}

/// Selectors resolved to columns of a table, in the order of the declaration; of a regular expression, in that of the
/// table.
pub(crate) fn source_columns(spec: &InputSpec, cohort: &CohortData) -> Result<Vec<SourceColumn>> {
    let InputSource::Columns { columns, .. } = &spec.source else { return Ok(Vec::new()) };
    let mut sources = Vec::new();
    for column in columns {
        let names: Vec<String> = match &column.select {
            ColumnSelector::Name(name) => vec![name.clone()],
            ColumnSelector::Names(names) => names.clone(),
            ColumnSelector::Matching(pattern) => {
                let refuse = |problem: String| DataError::Pattern { pattern: pattern.clone(), problem };
                let regex = Regex::new(pattern).map_err(|e| refuse(e.to_string()))?;
                let names: Vec<String> =
                    cohort.columns().into_iter().filter(|c| regex.is_match(c)).map(str::to_owned).collect();
                if names.is_empty() {
                    return Err(refuse(format!(
                        "it matches none of the {} columns of `{}`",
                        cohort.columns().len(),
                        cohort.name
                    )));
                }
                names
            }
        };
        sources.extend(names.into_iter().map(|name| SourceColumn { name, steps: column.steps.clone() }));
    }
    Ok(sources)
}
