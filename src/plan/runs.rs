//! Runs beside each other: what a folder of runs holds, and in what two of its runs differ.
//!
//! ```text
//!  RUNS/a/ { NAME.fx, params.json, flow.tsv, split.tsv, scores.tsv, provenance.json } ──┐
//!  RUNS/b/ { .. } ──────────────────────────────────────────────────────────────────────┴─▶ file, params, people, scores
//! ```
//!
//! Folders are read, not the store: they can come from elsewhere.

use super::error::{PlanError, Result};
use super::store::get_json;
use crate::analysis::statistics::Alternative;
use crate::analysis::statistics::resampled::corrected_resampled_t;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A run's folder.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunFolder {
    /// Its name.
    pub name: String,
    /// When it began, ISO 8601.
    pub started: String,
    /// How long it took.
    pub seconds: f64,
    /// Its variants.
    pub variants: usize,
    /// What was asked, by variant: the means.
    pub scores: Vec<MeanScore>,
}

/// A mean over folds and seeds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeanScore {
    /// `fused on test`.
    pub of: String,
    /// The metric.
    pub metric: String,
    /// `n/a` where there is one.
    pub variant: String,
    /// `None` where it is not defined.
    pub mean: Option<f64>,
}

/// In what a run differs from another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunContrast {
    /// The first.
    pub reference: String,
    /// The other.
    pub run: String,
    /// Lines of the file that differ, `-` those of the first and `+` those of the other.
    pub file: Vec<String>,
    /// Params whose values differ: name, values of the first, values of the other.
    pub params: Vec<(String, String, String)>,
    /// What differs of the people: how many were analysed, who was in which set.
    pub people: Vec<String>,
    /// Scores that both have.
    pub scores: Vec<ScoreContrast>,
}

/// A score in two runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreContrast {
    /// `fused on test`, with the variant where there are several.
    pub of: String,
    /// The metric.
    pub metric: String,
    /// Means of both.
    pub means: (Option<f64>, Option<f64>),
    /// The mean of the differences, the second less the first, over folds and seeds that both have; only where both divided the
    /// same people in the same way.
    pub difference: Option<f64>,
    /// Of these.
    pub pairs: usize,
    /// Corrected resampled t test (Nadeau and Bengio 2003), two-sided; `None` of fewer than two pairs, or differences all alike.
    pub p: Option<f64>,
}

/// The runs of a folder, the oldest first.
///
/// # Errors
/// A folder that cannot be read.
pub fn runs(out: &Path) -> Result<Vec<RunFolder>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(out).map_err(PlanError::io("read", out))? {
        let folder = entry.map_err(PlanError::io("read", out))?.path();
        let is_hidden = folder.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if is_hidden || !folder.join("provenance.json").is_file() {
            continue;
        }
        found.push(run_in(&folder)?);
    }
    found.sort_by(|a, b| (&a.started, &a.name).cmp(&(&b.started, &b.name)));
    Ok(found)
}

/// The run of a folder.
///
/// # Errors
/// A folder that is no run's, or cannot be read.
pub fn run_in(folder: &Path) -> Result<RunFolder> {
    let provenance: Value = get_json(&folder.join("provenance.json"))?;
    let variants: Value = get_json(&folder.join("params.json"))?;
    let scores = rows(&folder.join("scores_summary.tsv"))?;
    let of = |row: &Row| MeanScore {
        of: row.get("of"),
        metric: row.get("metric"),
        variant: row.get("variant"),
        mean: row.number("mean"),
    };
    Ok(RunFolder {
        name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        started: provenance["started"].as_str().unwrap_or_default().to_owned(),
        seconds: provenance["seconds"].as_f64().unwrap_or(0.0),
        variants: variants.as_array().map_or(1, Vec::len),
        scores: scores.iter().map(of).collect(),
    })
}

/// In what a run differs from another.
///
/// # Errors
/// A folder that is no run's, or cannot be read.
pub fn contrast(reference: &Path, run: &Path) -> Result<RunContrast> {
    let name = |folder: &Path| folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for folder in [reference, run] {
        if !folder.join("provenance.json").is_file() {
            let problem = format!("{} is no run's folder; `fascicle runs` lists those there are", folder.display());
            return Err(PlanError::task("compare", problem));
        }
    }
    let splits = [divided(reference)?, divided(run)?];
    let mut people = Vec::new();
    let analysed = [flow(reference)?, flow(run)?];
    if analysed[0] != analysed[1] {
        people.push(format!("analysed: {} in {}, {} in {}", analysed[0], name(reference), analysed[1], name(run)));
    }
    let same_division = splits[0] == splits[1];
    if !same_division {
        people.push("people are divided otherwise: scores are not paired".to_owned());
    }
    let params = [params(reference)?, params(run)?];
    let keys: BTreeSet<&String> = params.iter().flat_map(BTreeMap::keys).collect();
    let of = |side: usize, key: &String| params[side].get(key).cloned().unwrap_or_else(|| "none".into());
    let params_differ = keys.iter().map(|key| ((*key).clone(), of(0, key), of(1, key))).filter(|(_, a, b)| a != b);
    Ok(RunContrast {
        reference: name(reference),
        run: name(run),
        file: file_differs(reference, run)?,
        params: params_differ.collect(),
        people,
        scores: scores(reference, run, same_division, &splits[0])?,
    })
}

/// Who was in which set.
type Division = BTreeMap<(String, String, String), String>;

fn divided(folder: &Path) -> Result<Division> {
    let rows = rows(&folder.join("split.tsv"))?;
    let of = |row: &Row| ((row.get("participant_id"), row.get("fold"), row.get("seed")), row.get("set"));
    Ok(rows.iter().map(of).collect())
}

fn flow(folder: &Path) -> Result<String> {
    let flows: Value = get_json(&folder.join("flow.json"))?;
    let of = |flow: &Value| format!("{} of {}", flow["analysed"], flow["found"]);
    Ok(flows.as_array().map(|flows| flows.iter().map(of).collect::<Vec<_>>().join(", ")).unwrap_or_default())
}

/// Each param's values, over all variants.
fn params(folder: &Path) -> Result<BTreeMap<String, String>> {
    let variants: Value = get_json(&folder.join("params.json"))?;
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in variants.as_array().into_iter().flatten().filter_map(|v| v["params"].as_object()).flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let values = found.entry(name.clone()).or_default();
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(found.into_iter().map(|(name, values)| (name, values.join(" | "))).collect())
}

fn source(folder: &Path) -> Result<String> {
    let entries = fs::read_dir(folder).map_err(PlanError::io("read", folder))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let file = files.into_iter().find(|path| path.extension().is_some_and(|e| e == "fx"));
    file.map_or(Ok(String::new()), |path| fs::read_to_string(&path).map_err(PlanError::io("read", &path)))
}

fn file_differs(reference: &Path, run: &Path) -> Result<Vec<String>> {
    let (old, new) = (source(reference)?, source(run)?);
    let diff = similar::TextDiff::from_lines(&old, &new);
    let changes = diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal);
    Ok(changes.map(|change| format!("{}{}", change.tag(), change.value().trim_end())).collect())
}

fn scores(reference: &Path, run: &Path, paired: bool, division: &Division) -> Result<Vec<ScoreContrast>> {
    let read = |folder: &Path| -> Result<Vec<ScoreRow>> {
        let rows = rows(&folder.join("scores.tsv"))?;
        let of = |row: &Row| {
            let key = (row.get("of"), row.get("metric"), row.get("variant"));
            ScoreRow { key, fold: (row.get("fold"), row.get("seed")), value: row.number("value") }
        };
        Ok(rows.iter().map(of).collect())
    };
    let (first, second) = (read(reference)?, read(run)?);
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    division.values().for_each(|set| *sizes.entry(set).or_default() += 1);
    let size = |set: &str| sizes.get(set).copied().unwrap_or(0);
    let mut keys: Vec<&Key> = Vec::new();
    // The rows of a score stand together.
    let others: BTreeSet<&Key> = second.iter().map(|row| &row.key).collect();
    for ScoreRow { key, .. } in &first {
        if keys.last() != Some(&key) && others.contains(key) {
            keys.push(key);
        }
    }
    let contrast = |key: &Key| {
        let of = |rows: &[ScoreRow]| -> BTreeMap<(String, String), f64> {
            rows.iter().filter(|row| row.key == *key).filter_map(|row| Some((row.fold.clone(), row.value?))).collect()
        };
        let (a, b) = (of(&first), of(&second));
        let mean = |values: &BTreeMap<_, f64>| {
            (!values.is_empty()).then(|| values.values().sum::<f64>() / values.len() as f64)
        };
        let differences: Vec<f64> = match paired {
            true => a.iter().filter_map(|(fold, value)| Some(b.get(fold)? - value)).collect(),
            false => Vec::new(),
        };
        let n = differences.len();
        let tested = corrected_resampled_t(&differences, size("train"), size("test"), Alternative::TwoSided);
        let variant = if key.2 == "n/a" { String::new() } else { format!(", {}", key.2) };
        ScoreContrast {
            of: format!("{}{variant}", key.0),
            metric: key.1.clone(),
            means: (mean(&a), mean(&b)),
            difference: (n > 0).then(|| differences.iter().sum::<f64>() / n as f64),
            pairs: n,
            p: tested.ok().map(|tested| tested.p_value),
        }
    };
    Ok(keys.into_iter().map(contrast).collect())
}

/// What is scored, by which metric, in which variant.
type Key = (String, String, String);

/// A score of a fold.
struct ScoreRow {
    key: Key,
    /// And its seed.
    fold: (String, String),
    value: Option<f64>,
}

/// A row of a table by the names of its columns.
struct Row(BTreeMap<String, String>);

impl Row {
    fn get(&self, column: &str) -> String {
        self.0.get(column).cloned().unwrap_or_default()
    }

    fn number(&self, column: &str) -> Option<f64> {
        self.0.get(column)?.parse().ok()
    }
}

/// The rows of a table of ours; none where the run has no such table.
fn rows(path: &Path) -> Result<Vec<Row>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(PlanError::io("read", path)(e)),
    };
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let row =
        |line: &str| Row(columns.iter().map(|c| (*c).to_owned()).zip(line.split('\t').map(str::to_owned)).collect());
    Ok(lines.map(row).collect())
}
