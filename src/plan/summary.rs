//! What a run found, for the terminal and for other programs.

use super::analyse::{AnalysisResult, Field};
use super::compare::{Compared, Comparison};
use super::content::Results;
use super::context::Context;
use super::outcome::{Outcome, TaskOutcome};
use super::score::{Scored, label};
use crate::data::flow::Flow;
use crate::program::Experiment;
use crate::report::ReportContent;
use indexmap::IndexMap;
use serde::Serialize;
use std::fmt;
use std::path::PathBuf;

/// The result of a run.
#[derive(Debug, Clone, Serialize)]
pub struct RunSummary {
    /// The experiment's name.
    pub experiment: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The run's folder; `None` where it was interrupted.
    pub folder: Option<PathBuf>,
    /// Every task, in the order of the plan; where it was interrupted, those before.
    pub tasks: Vec<TaskOutcome>,
    /// How long it took.
    pub seconds: f64,
    /// Who was found, left out and analysed.
    pub flows: Vec<Flow>,
    /// By variant.
    pub variants: Vec<VariantSummary>,
    /// By sweep, and of models.
    pub comparisons: Vec<Comparison>,
    /// What the user should know.
    pub warnings: Vec<String>,
    /// The report, as numbers.
    #[serde(skip)]
    pub report: ReportContent,
}

/// What a variant came to.
#[derive(Debug, Clone, Serialize)]
pub struct VariantSummary {
    /// Its name.
    pub name: String,
    /// What the sweep set.
    pub settings: IndexMap<String, String>,
    /// Its scores.
    pub scores: Vec<Scored>,
    /// Numbers that its analyses found, by `analysis.field`.
    pub analyses: IndexMap<String, f64>,
}

impl RunSummary {
    pub(super) fn interrupted(experiment: &Experiment, task: String, tasks: Vec<TaskOutcome>) -> Self {
        Self {
            experiment: experiment.name.clone(),
            outcome: Outcome::Interrupted { task },
            folder: None,
            tasks,
            seconds: 0.0,
            flows: Vec::new(),
            variants: Vec::new(),
            comparisons: Vec::new(),
            warnings: Vec::new(),
            report: ReportContent::default(),
        }
    }

    pub(super) fn finished(
        context: &Context<'_>,
        results: Results,
        report: ReportContent,
        tasks: Vec<TaskOutcome>,
        folder: PathBuf,
        seconds: f64,
    ) -> Self {
        let variants =
            results.variants.into_iter().zip(&context.experiment.variants).map(|(result, program)| VariantSummary {
                name: program.variant.clone(),
                settings: program.settings.clone(),
                analyses: numbers(&result.analyses),
                scores: result.scores,
            });
        let warnings = context.warned();
        Self {
            experiment: context.experiment.name.clone(),
            outcome: Outcome::Finished,
            folder: Some(folder),
            tasks,
            seconds,
            flows: results.flows,
            variants: variants.collect(),
            comparisons: results.comparisons,
            warnings,
            report,
        }
    }

    /// The names of the tasks that ran.
    pub fn ran(&self) -> Vec<&str> {
        self.tasks.iter().filter(|task| task.ran).map(|task| task.name.as_str()).collect()
    }
}

/// Fields that are one number.
fn numbers(analyses: &[AnalysisResult]) -> IndexMap<String, f64> {
    let mut found = IndexMap::new();
    for analysis in analyses {
        // The threshold is asked, not found.
        for (name, field) in analysis.fields.iter().filter(|(name, _)| *name != "alpha") {
            let single = match field {
                Field::Number(value) => Some(*value),
                Field::Columns { values, .. } if values.len() == 1 => values[0],
                Field::Runs { .. } => field.number(),
                _ => None,
            };
            if let Some(value) = single {
                found.insert(format!("{}.{name}", analysis.name), value);
            }
        }
    }
    found
}

/// Four significant digits.
fn number(value: Option<f64>) -> String {
    match value {
        None => "n/a".into(),
        Some(0.0) => "0".into(),
        Some(v) if v.fract() == 0.0 && v.abs() < 1e6 => format!("{v}"),
        Some(v) if v.abs() >= 1e-3 && v.abs() < 1e6 => {
            let digits = (3 - v.abs().log10().floor() as i64).clamp(0, 7) as usize;
            format!("{v:.digits$}")
        }
        Some(v) => format!("{v:.3e}"),
    }
}

/// Columns of text as wide as they have to be.
fn table(f: &mut fmt::Formatter<'_>, rows: &[Vec<String>]) -> fmt::Result {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|c| rows.iter().filter_map(|r| r.get(c)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        writeln!(f, "  {}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

impl fmt::Display for RunSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Outcome::Interrupted { task } = &self.outcome {
            return writeln!(f, "{}: interrupted in {task}; the same command goes on from there", self.experiment);
        }
        let many = self.variants.len() > 1;
        let words = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        let mut rows = vec![words(&["score", "on", "metric", "mean", "sd", "95% interval", "variant"])];
        for variant in &self.variants {
            for scored in &variant.scores {
                for line in &scored.lines {
                    let interval = match (line.low, line.high) {
                        (Some(low), Some(high)) => format!("{} to {}", number(Some(low)), number(Some(high))),
                        _ => "n/a".into(),
                    };
                    rows.push(vec![
                        label(&scored.of, &line.key),
                        scored.on_name().into(),
                        line.metric.name().into(),
                        number(line.mean),
                        number(line.sd),
                        interval,
                        if many { variant.name.clone() } else { String::new() },
                    ]);
                }
            }
        }
        if !many {
            rows.iter_mut().for_each(|row| row.truncate(6));
        }
        if rows.len() > 1 {
            table(f, &rows)?;
        }
        for variant in &self.variants {
            let mut told: Vec<&str> = Vec::new();
            for scored in variant.scores.iter().filter(|scored| !scored.rankings.is_empty()) {
                // Every score of an ensemble has its rankings.
                if told.contains(&scored.of.as_str()) {
                    continue;
                }
                told.push(&scored.of);
                for ranking in &scored.rankings {
                    let taken = ranking.taken().into_iter().map(|run| format!("{} ({})", run.name, number(run.value)));
                    let of_variant = if many { format!(", {}", variant.name) } else { String::new() };
                    writeln!(
                        f,
                        "  {}{of_variant}, by {} of those who validate, of {} runs: {}",
                        scored.of,
                        ranking.by.name(),
                        ranking.runs.len(),
                        taken.collect::<Vec<_>>().join("; ")
                    )?;
                }
            }
        }
        let mut rows = vec![words(&["analysis", "value", "variant"])];
        for variant in &self.variants {
            for (name, value) in &variant.analyses {
                rows.push(vec![
                    name.clone(),
                    number(Some(*value)),
                    if many { variant.name.clone() } else { String::new() },
                ]);
            }
        }
        if rows.len() > 1 {
            writeln!(f)?;
            table(f, &rows)?;
        }
        for comparison in &self.comparisons {
            writeln!(f, "\n{}", comparison.title())?;
            let side = if comparison.compared == Compared::Models { "model" } else { "variant" };
            let mut rows = vec![words(&["item", "of", side, "mean", "difference", "p", "p (Holm)"])];
            for item in &comparison.items {
                for (at, (variant, value)) in comparison.variants.iter().zip(&item.values).enumerate() {
                    let contrast = item.contrasts.iter().find(|c| c.variant == at);
                    let is_reference = item.reference == Some(at);
                    rows.push(vec![
                        item.name.clone(),
                        item.of.clone(),
                        variant.clone(),
                        number(value.mean),
                        if is_reference {
                            "reference".into()
                        } else {
                            contrast.map_or(String::new(), |c| number(c.difference))
                        },
                        contrast.map_or(String::new(), |c| number(c.p)),
                        contrast.map_or(String::new(), |c| number(c.p_corrected)),
                    ]);
                }
            }
            table(f, &rows)?;
            // Each is said once, however many items it holds of.
            let mut reasons: Vec<&str> = Vec::new();
            for item in comparison.items.iter().filter(|item| item.reference.is_some()) {
                let reason = comparison.reason(item);
                if !reasons.contains(&reason) {
                    writeln!(f, "  {reason}")?;
                    reasons.push(reason);
                }
            }
        }
        if let Some(folder) = &self.folder {
            let (ran, reused) =
                (self.tasks.iter().filter(|t| t.ran).count(), self.tasks.iter().filter(|t| !t.ran).count());
            writeln!(f, "\n{ran} tasks ran, {reused} were reused; report: {}", folder.join("report.html").display())?;
        }
        Ok(())
    }
}
