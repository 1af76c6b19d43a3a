//! Models of one program side by side: every one with the reference, on the same folds, seeds and people.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::score::{Line, Scored};
use super::super::store::put_json;
use super::{COMPARISON, Compared, Comparison, Item, compared_lines, judged_on, line_like, metric_item};
use crate::program::{Program, Score};
use std::path::Path;

/// The place of the reference: the file names it first.
const REFERENCE: usize = 0;

impl Context<'_> {
    /// Compares models and writes the result into `folder`.
    ///
    /// # Errors
    /// Scores that cannot be read, or that are of different people.
    pub fn compare_models(&self, task: &str, variant: usize, comparison: usize, folder: &Path) -> Result<()> {
        let (program, tasks) = (self.program(variant), &self.layout.variants[variant]);
        let lost = || PlanError::inconsistent("a comparison names a score that is not there");
        let declared = program.comparisons.get(comparison).ok_or_else(lost)?;
        let sizes = self.mean_sizes(&[variant])?;
        let mut items: Vec<Item> = Vec::new();
        for asked in &declared.items {
            let read = |score: &usize| Scored::read(&self.folder(*tasks.scores.get(*score).ok_or_else(lost)?)?);
            let scores = asked.scores.iter().map(read).collect::<Result<Vec<Scored>>>()?;
            let reference = scores.first().ok_or_else(lost)?;
            let truth = asked.scores.first().and_then(|score| program.scores.get(*score)).ok_or_else(lost)?;
            let truth = truth_name(program, truth);
            for line in compared_lines(reference, &asked.metric) {
                let own = |scored: &Scored| line_like(scored, line, &asked.metric).cloned();
                let lines: Vec<Option<Line>> = scores.iter().map(own).collect();
                same_people(task, (&declared.of, &asked.metric), line, &lines)?;
                let of = judged_on(&truth, line, reference);
                let judged = (reference, line.metric);
                items.push(metric_item(&asked.metric, of, judged, &lines, Some(REFERENCE), (declared.test, sizes)));
            }
        }
        let comparison = Comparison {
            sweep: declared.name.clone(),
            variants: declared.of.clone(),
            test: declared.test,
            items,
            compared: Compared::Models,
            reference_named: true,
            within: Vec::new(),
        };
        put_json(&folder.join(COMPARISON), &comparison)
    }
}

/// What is predicted: `age`; of a family `t1, t2`.
fn truth_name(program: &Program, score: &Score) -> String {
    let mut names: Vec<&str> = Vec::new();
    for pair in score.pairs.iter().filter(|pair| pair.without.is_none()) {
        let name = program.inputs.get(pair.truth.index()).map_or("", |input| input.name.as_str());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// A difference of models is one of the models only where both are judged on the same people, run by run.
fn same_people(task: &str, (of, metric): (&[String], &str), line: &Line, lines: &[Option<Line>]) -> Result<()> {
    for (name, other) in of.iter().zip(lines).filter_map(|(name, line)| Some((name, line.as_ref()?))) {
        for run in &line.runs {
            let Some(theirs) = other.runs.iter().find(|other| other.run == run.run) else { continue };
            if theirs.rows != run.rows {
                let problem = format!(
                    "{metric} of {} is taken of {} rows and that of {name} of {}: they are not judged on the same people; \
                     train both on the same cohorts, and let both read what everybody has",
                    of.first().map_or("", String::as_str),
                    run.rows,
                    theirs.rows,
                );
                return Err(PlanError::task(task, problem));
            }
        }
    }
    Ok(())
}
