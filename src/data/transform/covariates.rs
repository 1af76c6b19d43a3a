//! What steps of columns read beside them: a person's site and covariates, as cells and as terms of a regression.
//!
//! Which levels there are is learnt from the training subjects, as everything else is. Who has another is told apart
//! from all others ([`Unseen`]), so that a run can name them all before anything is trained.

use super::super::cohort::{CohortData, ColumnPlace};
use super::super::error::Result;
use super::super::table::{levels_of, parse_number};
use fascicle_lang::program::{Covariate, CovariateKind};
use serde::{Deserialize, Serialize};

/// The cells of one person: of the columns, numbers and places of classes; of the covariates, all that there are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ColumnRow {
    /// By column.
    pub cells: Vec<Option<f64>>,
    /// By covariate, in the order of the plan.
    pub covariates: Vec<CovariateCell>,
}

/// A covariate of one person.
#[derive(Debug, Clone, PartialEq)]
pub enum CovariateCell {
    /// A number.
    Number(f64),
    /// A level, spelled so that equal numbers are equal.
    Level(String),
}

impl CovariateCell {
    /// A record's; `None` where the cell is missing.
    ///
    /// # Errors
    /// Text where a number is expected.
    pub fn of(cohort: &CohortData, record: usize, covariate: &Covariate, place: &ColumnPlace) -> Result<Option<Self>> {
        Ok(match covariate.kind {
            CovariateKind::Number => cohort.number(record, place)?.map(Self::Number),
            CovariateKind::Levels => cohort.text(record, place).map(|cell| Self::Level(level(cell))),
        })
    }
}

/// The spelling of a level: `1`, `1.0` and `01` are one.
pub(super) fn level(cell: &str) -> String {
    parse_number(cell).map_or_else(|| cell.to_owned(), |number| number.to_string())
}

/// A covariate as training subjects have it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Encoding {
    /// Its column.
    pub column: String,
    /// Its place among the covariates of a row.
    place: usize,
    /// The levels of the training subjects, sorted; `None` for a number.
    pub levels: Option<Vec<String>>,
}

/// A level that no training subject has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unseen {
    /// The step that reads it.
    pub step: &'static str,
    /// Whether it is a site, rather than what is kept or taken away.
    pub site: bool,
    /// The column.
    pub column: String,
    /// The level.
    pub level: String,
}

impl Encoding {
    /// Of a covariate that stands at `place` in these rows.
    pub fn fit(column: &str, place: usize, kind: CovariateKind, rows: &[&ColumnRow]) -> Self {
        let cells = rows.iter().filter_map(|row| match row.covariates.get(place) {
            Some(CovariateCell::Level(level)) => Some(level.as_str()),
            _ => None,
        });
        let levels = (kind == CovariateKind::Levels).then(|| levels_of(cells));
        Self { column: column.to_owned(), place, levels }
    }

    /// Terms of a regression: a number, or an indicator of every level but the first.
    pub fn terms(&self) -> usize {
        self.levels.as_ref().map_or(1, |levels| levels.len().saturating_sub(1))
    }

    /// The place of a row's level.
    ///
    /// # Errors
    /// The level, where no training subject has it.
    pub fn level_of(&self, row: &ColumnRow) -> std::result::Result<usize, String> {
        let (Some(levels), Some(CovariateCell::Level(level))) = (&self.levels, row.covariates.get(self.place)) else {
            return Err(String::new());
        };
        levels.iter().position(|known| known == level).ok_or_else(|| level.clone())
    }

    /// A row's terms, behind those of others.
    ///
    /// # Errors
    /// As [`Encoding::level_of`].
    pub fn push(&self, row: &ColumnRow, terms: &mut Vec<f64>) -> std::result::Result<(), String> {
        if self.levels.is_none() {
            terms.push(match row.covariates.get(self.place) {
                Some(CovariateCell::Number(number)) => *number,
                _ => return Err(String::new()),
            });
            return Ok(());
        }
        let at = self.level_of(row)?;
        terms.extend((1..=self.terms()).map(|k| f64::from(u8::from(k == at))));
        Ok(())
    }
}
