//! FreeSurfer's tables of regions, `aseg.stats` and `?h.aparc.stats`: a file a person, found by a pattern, made one table.
//!
//! ```text
//!  derivatives/freesurfer/*/stats/aseg.stats ──▶ Table { participant_id, session_id?, a column a region } ──▶ joined as any other
//! ```
//!
//! Columns have the names that `asegstats2table` and `aparcstats2table` give them: of segmented volumes that of the structure
//! (`Left-Hippocampus`, mm3), of a parcellated surface hemisphere, region and measure (`lh_bankssts_thickness`, mm). Global
//! measures stand beside them (`EstimatedTotalIntraCranialVol`, `lh_MeanThickness_thickness`). Nobody is left out for a region
//! that FreeSurfer did not find: its cell is missing.

use super::error::{DataError, Result};
use super::table::{Cells, Row, Table};
use globset::GlobBuilder;
use indexmap::IndexSet;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What one file says: values by column, in its order.
type Measures = Vec<(String, String)>;

/// One person's file: who, which session, where, and what it says.
struct Found {
    subject: String,
    session: Option<String>,
    path: PathBuf,
    values: Measures,
}

/// Whether a path names such files: one `*` stands for the folders of people.
pub(super) fn is_pattern(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "stats") && path.iter().any(|part| part.to_string_lossy().contains('*'))
}

/// The folder that holds those of people.
pub(super) fn above(path: &Path) -> PathBuf {
    path.iter().take_while(|part| !part.to_string_lossy().contains('*')).collect()
}

/// Whether a path names such files and the folder that holds those of people is there.
pub(super) fn is_there(path: &Path) -> bool {
    is_pattern(path) && above(path).is_dir()
}

/// The files that a pattern finds and whose folders they lie in, sorted by these.
///
/// # Errors
/// More than one folder with a `*`, a folder of people that cannot be listed.
pub(super) fn files(pattern: &Path) -> Result<Vec<(String, PathBuf)>> {
    let spelling = pattern.display().to_string();
    let refuse = |problem: String| DataError::Pattern { pattern: spelling.clone(), problem };
    let parts: Vec<String> = pattern.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let starred: Vec<usize> = (0..parts.len()).filter(|i| parts[*i].contains('*')).collect();
    let [people] = starred[..] else {
        return Err(refuse("expected one `*`, in the place of people's folders: freesurfer/*/stats/aseg.stats".into()));
    };
    if parts[people].contains("**") || people + 1 == parts.len() {
        return Err(refuse("expected `*` to stand for one folder a person: freesurfer/*/stats/aseg.stats".into()));
    }
    let above = above(pattern);
    let below: PathBuf = parts[people + 1..].iter().collect();
    let above = if above.as_os_str().is_empty() { PathBuf::from(".") } else { above };
    let glob = GlobBuilder::new(&parts[people]).literal_separator(true).build();
    let matcher = glob.map_err(|e| refuse(e.kind().to_string()))?.compile_matcher();
    let listed = std::fs::read_dir(&above).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => DataError::NotFound {
            path: above.clone(),
            what: "folder of FreeSurfer's people",
            hint: "check the pattern; it is relative to the cohort's folder, or to the working folder".into(),
        },
        _ => DataError::Io { action: "list", path: above.clone(), source },
    })?;
    let mut folders = Vec::new();
    for entry in listed {
        let entry = entry.map_err(DataError::io("list", &above))?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        // FreeSurfer's own brain lies among the people.
        if matcher.is_match(name) && !name.starts_with("fsaverage") {
            folders.push(name.to_owned());
        }
    }
    folders.sort();
    let paths = folders.into_iter().map(|folder| {
        let path = above.join(&folder).join(&below);
        (folder, path)
    });
    Ok(paths.filter(|(_, path)| path.symlink_metadata().is_ok()).collect())
}

/// Reads the files that a pattern finds, sorted by path.
///
/// # Errors
/// As [`files`]; nothing found, a file that is not such a table, or files of which some are of another kind.
pub(super) fn read(pattern: &Path) -> Result<Table> {
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for (folder, path) in files(pattern)? {
        match measures(&path) {
            Ok(values) => {
                let (subject, session) = person(&folder);
                found.push(Found { subject, session, path, values });
            }
            Err(e) => errors.push(e),
        }
    }
    DataError::collect(errors)?;
    if found.is_empty() {
        return Err(DataError::NotFound {
            path: pattern.to_owned(),
            what: "file of FreeSurfer's statistics",
            hint: "check the pattern: `*` stands for one folder a person, as in freesurfer/*/stats/aseg.stats".into(),
        });
    }
    Ok(table(pattern, &found))
}

fn table(pattern: &Path, found: &[Found]) -> Table {
    let measured: IndexSet<&str> = found.iter().flat_map(|f| f.values.iter().map(|(name, _)| name.as_str())).collect();
    let has_sessions = found.iter().any(|f| f.session.is_some());
    let mut columns = vec!["participant_id".to_owned()];
    columns.extend(has_sessions.then(|| "session_id".to_owned()));
    columns.extend(measured.iter().map(|name| (*name).to_owned()));
    let rows = found.iter().map(|file| {
        let of: BTreeMap<&str, &str> =
            file.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let who = [Some(file.subject.as_str())].into_iter().chain(has_sessions.then_some(file.session.as_deref()));
        let cells: Cells = who.chain(measured.iter().map(|name| of.get(name).copied())).collect();
        Row { path: Arc::from(file.path.as_path()), line: 1, cells }
    });
    Table::new(pattern.to_owned(), columns, rows.collect())
}

/// Who a folder is of: `sub-01`, `sub-01_ses-02`, or `sub-01_ses-02.long.sub-01` of the longitudinal stream.
fn person(folder: &str) -> (String, Option<String>) {
    let folder = folder.split_once(".long.").map_or(folder, |(time, _)| time);
    match folder.split_once("_ses-") {
        Some((subject, session)) => (subject.to_owned(), Some(format!("ses-{session}"))),
        None => (folder.to_owned(), None),
    }
}

/// What a file says, by the columns' names.
fn measures(path: &Path) -> Result<Measures> {
    let bytes = super::files::read_regular(path).map_err(DataError::io("read", path))?;
    if bytes.is_empty() {
        return Err(DataError::EmptyFile { path: path.to_owned() });
    }
    let text = String::from_utf8_lossy(&bytes);
    parse(&text).map_err(|(line, problem)| DataError::Line { path: path.to_owned(), line, problem })
}

fn parse(text: &str) -> std::result::Result<Measures, (usize, String)> {
    let (mut measures, mut headers): (Measures, Option<Vec<&str>>) = (Vec::new(), None);
    let (mut globals, mut hemisphere): (Vec<Vec<&str>>, Option<&str>) = (Vec::new(), None);
    for (at, line) in text.lines().enumerate() {
        if let Some(said) = line.strip_prefix("# Measure ") {
            globals.push(said.split(',').map(str::trim).collect());
        } else if let Some(said) = line.strip_prefix("# hemi ") {
            hemisphere = Some(said.trim());
        } else if let Some(said) = line.strip_prefix("# ColHeaders ") {
            headers = Some(said.split_whitespace().collect());
        } else if !line.starts_with('#') && !line.trim().is_empty() {
            let Some(headers) = &headers else {
                let problem =
                    "a row before the line `# ColHeaders ..`; expected a .stats file of FreeSurfer".to_owned();
                return Err((at + 1, problem));
            };
            region(line, headers, hemisphere, &mut measures).map_err(|problem| (at + 1, problem))?;
        }
    }
    if measures.is_empty() {
        let problem = "no region, expected a .stats file of FreeSurfer (aseg.stats, lh.aparc.stats); its recon-all may have ended early";
        return Err((text.lines().count().max(1), problem.into()));
    }
    for said in globals {
        // `BrainSeg, BrainSegVol, Brain Segmentation Volume, 1243340.000000, mm^3`
        let [_, field, .., value, _] = said[..] else { continue };
        let name = match (hemisphere, field) {
            // Of these the tables have the long name.
            (None, "eTIV" | "ICV") => said[0].to_owned(),
            (None, _) => field.to_owned(),
            (Some(side), "MeanThickness") => format!("{side}_MeanThickness_thickness"),
            (Some(side), "WhiteSurfArea") => format!("{side}_WhiteSurfArea_area"),
            // What is of the whole head stands in every file, and is aseg.stats' to tell.
            _ => continue,
        };
        if value.parse::<f64>().is_ok_and(f64::is_finite) && !measures.iter().any(|(known, _)| *known == name) {
            measures.push((name, value.to_owned()));
        }
    }
    Ok(measures)
}

/// The columns of one region's row.
fn region(
    line: &str,
    headers: &[&str],
    hemisphere: Option<&str>,
    measures: &mut Measures,
) -> std::result::Result<(), String> {
    let cells: Vec<&str> = line.split_whitespace().collect();
    if cells.len() != headers.len() {
        return Err(format!("{} cells, expected {}: {}", cells.len(), headers.len(), headers.join(" ")));
    }
    let named = |header: &str| headers.iter().position(|h| *h == header).map(|at| cells[at]);
    let structure = named("StructName").ok_or("its columns are not FreeSurfer's: there is no `StructName`")?;
    let mut put = |name: String, value: &str| -> std::result::Result<(), String> {
        if value.parse::<f64>().is_err() {
            return Err(format!("`{structure}` has the value `{value}`, expected a number"));
        }
        if measures.iter().any(|(known, _)| *known == name) {
            return Err(format!("the structure `{structure}` occurs twice"));
        }
        measures.push((name, value.to_owned()));
        Ok(())
    };
    match hemisphere {
        None => match named("Volume_mm3") {
            Some(volume) => put(structure.to_owned(), volume),
            None => Err("its columns are not those of aseg.stats: there is no `Volume_mm3`".into()),
        },
        Some(side) => {
            let mut any = false;
            for (header, measure) in SURFACE {
                if let Some(value) = named(header) {
                    put(format!("{side}_{structure}_{measure}"), value)?;
                    any = true;
                }
            }
            any.then_some(()).ok_or_else(|| "its columns are not those of aparc.stats: there is no `ThickAvg`".into())
        }
    }
}

/// Columns of a parcellated surface, with what `aparcstats2table` calls them.
const SURFACE: [(&str, &str); 8] = [
    ("SurfArea", "area"),
    ("GrayVol", "volume"),
    ("ThickAvg", "thickness"),
    ("ThickStd", "thicknessstd"),
    ("MeanCurv", "meancurv"),
    ("GausCurv", "gauscurv"),
    ("FoldInd", "foldind"),
    ("CurvInd", "curvind"),
];

#[cfg(test)]
#[path = "stats_tests.rs"]
mod tests;
