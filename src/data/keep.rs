//! `keep` conditions on rows: three-valued, so that a missing cell meets neither `age < 45` nor `not age < 45`.

use super::cohort::CohortData;
use super::error::{DataError, Result};
use super::table::{parse_number, same_level, without_prefix};
use fascicle_lang::program::{Comparison, Predicate, Scalar};
use std::cmp::Ordering;

/// Whether a record meets a condition: `None` where a missing cell leaves it open.
///
/// # Errors
/// A column that is not there, or text where a number is compared.
pub(crate) fn satisfies(cohort: &CohortData, record: usize, condition: &Predicate) -> Result<Option<bool>> {
    Ok(match condition {
        Predicate::And(a, b) => match (satisfies(cohort, record, a)?, satisfies(cohort, record, b)?) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Predicate::Or(a, b) => match (satisfies(cohort, record, a)?, satisfies(cohort, record, b)?) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Predicate::Not(a) => satisfies(cohort, record, a)?.map(|met| !met),
        Predicate::Compare { column, comparison, value } => compare(cohort, record, column, *comparison, value)?,
        Predicate::In { column, values } => {
            let cell = cohort.text(record, &cohort.column(column)?);
            cell.map(|cell| values.iter().any(|value| is_value(cell, value)))
        }
        Predicate::Session { which } => Some(is_session(cohort, record, which)),
    })
}

fn compare(
    cohort: &CohortData,
    record: usize,
    column: &str,
    comparison: Comparison,
    value: &Scalar,
) -> Result<Option<bool>> {
    let place = cohort.column(column)?;
    let order = match value {
        Scalar::Number(wanted) => cohort.number(record, &place)?.map(|found| found.partial_cmp(wanted)),
        Scalar::Text(wanted) => cohort
            .text(record, &place)
            .map(|found| Some(if same_level(found, wanted) { Ordering::Equal } else { found.cmp(wanted.as_str()) })),
    };
    Ok(order.flatten().map(|order| match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }))
}

/// Whether a cell is a value: the same text, or the same number.
pub fn is_value(cell: &str, value: &Scalar) -> bool {
    match value {
        Scalar::Text(text) => same_level(cell, text),
        Scalar::Number(number) => parse_number(cell) == Some(*number),
    }
}

/// A record without a session is the first and the last of its subject.
fn is_session(cohort: &CohortData, record: usize, which: &str) -> bool {
    let this = &cohort.records[record];
    let Some(session) = this.session.as_deref() else { return which == "first" || which == "last" };
    let of_subject = cohort.records.iter().filter(|r| r.subject == this.subject).filter_map(|r| r.session.as_deref());
    let place = |s: &str| (parse_number(without_prefix(s, "ses-")).unwrap_or(f64::INFINITY), s.to_owned());
    let order = |a: &&str, b: &&str| {
        let (a, b) = (place(a), place(b));
        a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
    };
    match which {
        "first" => of_subject.min_by(order) == Some(session),
        "last" => of_subject.max_by(order) == Some(session),
        label => without_prefix(session, "ses-") == without_prefix(label, "ses-"),
    }
}

/// Checks that every column a condition reads exists.
///
/// # Errors
/// All columns that are not there.
pub(crate) fn check_columns(cohort: &CohortData, condition: &Predicate) -> Result<()> {
    DataError::collect(condition.columns().into_iter().filter_map(|name| cohort.column(name).err()).collect())
}
