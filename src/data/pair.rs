//! Sessions of one subject brought together: the anatomical scan of one visit and the functional one of the nearest.
//!
//! ```text
//!  records (a session each) ──pair──▶ records (a pair of sessions each), and who found no partner
//! ```
//!
//! Of all combinations of a session that has the first image with one that has the other, the nearest come first, and a
//! session is used once: no scan stands in two pairs. When a session took place is read from `sub-*_sessions.tsv` (a
//! column of days, or `acq_time`), or from the `acq_time` of the image in `sub-*_ses-*_scans.tsv`.

use super::bids::FilePattern;
use super::cohort::{CohortData, ImageFile, Partners};
use super::error::{DataError, Result};
use super::table::{Table, without_prefix};
use fascicle_lang::program::Pairing;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Columns that hold the day of a session as a number, where the file names none.
const DAYS: [&str; 2] = ["day", "days"];
/// The column of BIDS for the time of a session or a scan.
const TIME: &str = "acq_time";

/// What pairing decides of each record.
pub(super) enum PairingDecision {
    /// It goes on, with these images from other sessions.
    Paired(Partners),
    /// It is left out, for this reason.
    Alone(String),
}

/// Pairs the sessions of every subject.
///
/// # Errors
/// A session of more than one candidate without a day, days and dates in one subject, a file that cannot be read.
pub(super) fn pair(data: &CohortData, pairing: &Pairing) -> Result<Vec<PairingDecision>> {
    let patterns = pairing.images.iter().map(|(_, p)| FilePattern::new(p)).collect::<Result<Vec<_>>>()?;
    let mut by_subject: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, record) in data.records.iter().enumerate() {
        by_subject.entry(&record.subject).or_default().push(i);
    }
    let mut fates: Vec<PairingDecision> = data.records.iter().map(|_| PairingDecision::Alone(String::new())).collect();
    let mut errors = Vec::new();
    for sessions in by_subject.values() {
        match of_subject(data, pairing, &patterns, sessions) {
            Ok(own) => sessions.iter().zip(own).for_each(|(record, fate)| fates[*record] = fate),
            Err(e) => errors.push(e),
        }
    }
    DataError::collect(errors)?;
    Ok(fates)
}

fn of_subject(
    data: &CohortData,
    pairing: &Pairing,
    patterns: &[FilePattern],
    sessions: &[usize],
) -> Result<Vec<PairingDecision>> {
    let Some((anchor, others)) = patterns.split_first() else { return Ok(Vec::new()) };
    let has = |pattern: &FilePattern| -> Result<Vec<Option<ImageFile>>> {
        sessions.iter().map(|record| data.image(*record, pattern)).collect()
    };
    let anchors = has(anchor)?;
    let mut partners: Vec<Option<Partners>> = anchors.iter().map(|a| a.as_ref().map(|_| Partners::new())).collect();
    let mut missing = vec![String::new(); sessions.len()];
    for (position, pattern) in others.iter().enumerate() {
        let candidates = has(pattern)?;
        let joined = nearest(data, pairing, sessions, &anchors, &candidates)?;
        for (i, own) in partners.iter_mut().enumerate() {
            match (own.as_mut(), joined[i]) {
                (Some(own), Some(other)) => {
                    own.insert(pattern.spelling.clone(), data.records[sessions[other]].session.clone());
                }
                (Some(_), None) => {
                    *own = None;
                    missing[i] = format!("no session of `{}` is left for it", pairing.images[position + 1].0);
                }
                (None, _) => {}
            }
        }
    }
    let alone = format!("has no `{}`", pairing.images[0].0);
    Ok(partners
        .into_iter()
        .zip(missing)
        .map(|(own, missing)| match own {
            Some(own) => PairingDecision::Paired(own),
            None if missing.is_empty() => PairingDecision::Alone(alone.clone()),
            None => PairingDecision::Alone(missing),
        })
        .collect())
}

/// For each session that has the first image, the session whose other image it goes with.
fn nearest(
    data: &CohortData,
    pairing: &Pairing,
    sessions: &[usize],
    anchors: &[Option<ImageFile>],
    candidates: &[Option<ImageFile>],
) -> Result<Vec<Option<usize>>> {
    let with = |images: &[Option<ImageFile>]| -> Vec<usize> {
        images.iter().enumerate().filter(|(_, image)| image.is_some()).map(|(i, _)| i).collect()
    };
    let (ours, theirs) = (with(anchors), with(candidates));
    let mut partner = vec![None; sessions.len()];
    // With one of each there is nothing to choose, and no day is needed.
    if let ([one], [other]) = (ours.as_slice(), theirs.as_slice()) {
        partner[*one] = Some(*other);
        return Ok(partner);
    }
    if ours.is_empty() || theirs.is_empty() {
        return Ok(partner);
    }
    let when = |images: &[Option<ImageFile>], which: &[usize]| -> Result<Vec<When>> {
        which.iter().map(|i| moment(data, sessions[*i], images[*i].as_ref(), pairing)).collect()
    };
    let (our_days, their_days) = (when(anchors, &ours)?, when(candidates, &theirs)?);
    let mut distances = Vec::with_capacity(ours.len() * theirs.len());
    for (i, a) in ours.iter().zip(&our_days) {
        for (j, b) in theirs.iter().zip(&their_days) {
            if a.counted != b.counted {
                let record = data.records[sessions[*i]].name();
                return Err(problem(
                    data,
                    format!(
                        "`{}` cannot compare {record}, whose day comes from {}, with {}, whose day comes from {}; give both in one way",
                        pairing.spelling,
                        a.source,
                        data.records[sessions[*j]].name(),
                        b.source
                    ),
                ));
            }
            distances.push(((a.day - b.day).abs(), *i, *j));
        }
    }
    // Ties go to the earlier sessions, in the order of their names.
    distances.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut taken = BTreeSet::new();
    for (_, i, j) in distances {
        if partner[i].is_none() && taken.insert(j) {
            partner[i] = Some(j);
        }
    }
    Ok(partner)
}

/// When a session took place.
struct When {
    day: f64,
    /// Days as a table counts them, rather than dates.
    counted: bool,
    /// The column it was read from.
    source: String,
}

fn moment(data: &CohortData, record: usize, image: Option<&ImageFile>, pairing: &Pairing) -> Result<When> {
    let columns: Vec<&str> = match &pairing.column {
        Some(column) => vec![column],
        None => DAYS.to_vec(),
    };
    for column in &columns {
        if let Ok(place) = data.column(column)
            && let Some(day) = data.number(record, &place)?
        {
            return Ok(When { day, counted: true, source: format!("`{column}`") });
        }
    }
    if let Some(ImageFile::Path(path)) = image
        && let Some(time) = scan_time(data, record, path)?
    {
        return Ok(When { day: days_since_epoch(&time.0, data, &time.1)?, counted: false, source: "scans.tsv".into() });
    }
    if let Ok(place) = data.column(TIME)
        && let Some(text) = data.text(record, &place)
    {
        let source = format!("the `{TIME}` of {}", data.records[record].name());
        return Ok(When { day: days_since_epoch(text, data, &source)?, counted: false, source: format!("`{TIME}`") });
    }
    let subject = without_prefix(&data.records[record].subject, "sub-");
    Err(problem(
        data,
        format!(
            "`{}` needs to know when {} took place: expected a column {} or `{TIME}` in sub-{subject}_sessions.tsv, or `{TIME}` in its \
             scans.tsv, and found none",
            pairing.spelling,
            data.records[record].name(),
            columns.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(" or "),
        ),
    ))
}

/// The `acq_time` of an image in the `scans.tsv` of its session (or, without sessions, of its subject), and where it stands.
fn scan_time(data: &CohortData, record: usize, image: &Path) -> Result<Option<(String, String)>> {
    let record = &data.records[record];
    let subject = format!("sub-{}", without_prefix(&record.subject, "sub-"));
    let session = record.session.as_deref().map(|s| format!("ses-{}", without_prefix(s, "ses-")));
    let name = match &session {
        Some(session) => format!("{subject}_{session}_scans.tsv"),
        None => format!("{subject}_scans.tsv"),
    };
    // anat/x.nii.gz: the table stands beside the folder of the data type.
    let Some(folder) = image.parent().and_then(Path::parent) else { return Ok(None) };
    let path = folder.join(name);
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    let table = Table::read(&path)?;
    let column = |name: &str| table.columns.iter().position(|c| c == name);
    let (Some(file), Some(time)) = (column("filename"), column(TIME)) else { return Ok(None) };
    let row = table.rows.iter().find(|row| row.cells.get(file).is_some_and(|f| folder.join(f) == image));
    Ok(row.and_then(|row| Some((row.cells.get(time)?.to_owned(), format!("{}, line {}", path.display(), row.line)))))
}

/// `2009-06-15T13:45:30`, or `2009-06-15`, in days. A letter for the time zone is passed over: sessions are days apart.
fn days_since_epoch(text: &str, data: &CohortData, place: &str) -> Result<f64> {
    let local = text.trim_end_matches('Z');
    let parsed = local
        .parse::<jiff::civil::DateTime>()
        .or_else(|_| local.parse::<jiff::civil::Date>().map(|date| date.to_datetime(jiff::civil::Time::midnight())));
    match parsed {
        Ok(time) => {
            let epoch = jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0);
            Ok(time.duration_since(epoch).as_secs_f64() / 86_400.0)
        }
        Err(_) => Err(problem(data, format!("{place}: expected a date such as 2009-06-15T13:45:30, found `{text}`"))),
    }
}

fn problem(data: &CohortData, problem: String) -> DataError {
    DataError::Cohort { cohort: data.name.clone(), problem }
}

#[cfg(test)]
#[path = "pair_tests.rs"]
mod tests;
