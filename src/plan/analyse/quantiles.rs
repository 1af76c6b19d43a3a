//! Profiles of groups: where the middle of each group lies among everybody, column by column.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::tested::grouped;
use super::{AnalysisResult, Field, argument};
use crate::analysis::{quantile, share_below, spread};
use crate::program::{Analysis, Argument};

impl Context<'_> {
    /// The share of everybody below each group's median or mean.
    pub(super) fn quantiles(&self, task: &str, variant: usize, declared: &Analysis) -> Result<AnalysisResult> {
        let values = self.values(task, variant, argument(task, declared, "values")?)?;
        let groups = self.groups(task, variant, argument(task, declared, "groups")?)?;
        let groups = grouped(&values.subjects, &groups);
        let within = match declared.arguments.get("within") {
            None | Some(Argument::Nothing) => values.clone(),
            Some(argument) => self.values(task, variant, argument)?,
        };
        if within.names.len() != values.names.len() {
            let problem = format!(
                "`within` has {} columns and the groups have {}; they must be the same",
                within.names.len(),
                values.names.len()
            );
            return Err(PlanError::task(task, problem));
        }
        let mean = declared.word("centre") == Some("mean");
        let (mut centres, mut shares) = (Vec::new(), Vec::new());
        for (_, rows) in &groups {
            let (mut centre_row, mut share_row) = (Vec::new(), Vec::new());
            for column in 0..values.names.len() {
                let own: Vec<f64> = rows.iter().filter_map(|row| values.values[*row][column]).collect();
                let centre = if mean { spread(&own).map(|s| s.mean) } else { quantile(&own, 0.5) }.ok();
                share_row.push(centre.and_then(|centre| share_below(&within.column(column), centre).ok()));
                centre_row.push(centre);
            }
            centres.push(centre_row);
            shares.push(share_row);
        }
        if shares.iter().flatten().all(Option::is_none) {
            return Err(PlanError::task(task, "no group has a value; nobody with values is in any group"));
        }
        let rows: Vec<String> = groups.iter().map(|(label, rows)| format!("{label} ({})", rows.len())).collect();
        let middle = if mean { "mean" } else { "median" };
        let method = format!("the share of {} people below each group's {middle}", within.subjects.len());
        let mut analysed = AnalysisResult::new(declared, method);
        let matrix = |values| Field::Matrix { rows: rows.clone(), columns: within.names.clone(), values };
        analysed.fields.insert("quantile".into(), matrix(shares));
        analysed.fields.insert("centre".into(), matrix(centres));
        Ok(analysed)
    }
}
