//! Searches: what was tried, what was chosen, how stable the choice is, and what it came to on people it was not made by.

use super::super::context::Context;
use super::super::score::Scored;
use super::super::search::{FoldSearch, Tried};
use super::super::task::RunKey;
use super::score::quantity;
use super::{Results, with_variant};
use crate::program::{Program, Search, SearchAxis, SearchSampler, SearchValues, Subset};
use crate::report::content as report;
use crate::report::content::{Cell, Column, ColumnKind, SearchedSetting, SearchedTrial, Table};
use std::fmt::Write;

/// One entry a search and variant.
pub(super) fn searches(context: &Context<'_>, results: &Results) -> Vec<report::Search> {
    let mut found = Vec::new();
    for (variant, tasks) in context.layout.variants.iter().enumerate() {
        let program = context.program(variant);
        for (at, search) in program.searches.iter().enumerate() {
            let folds: Vec<&FoldSearch> = tasks.searches.iter().filter(|of_fold| of_fold.search == at).collect();
            if folds.is_empty() {
                continue;
            }
            let searched = Searched { program, search, folds, scored: &results.variants[variant].scores };
            found.push(searched.shown(with_variant(context, variant, &search.name)));
        }
    }
    found
}

/// Every trial of every search as a table.
pub(in crate::plan) fn to_tsv(context: &Context<'_>) -> Option<String> {
    let mut text =
        String::from("variant\tsearch\tseed\tfold\ttrial\tsettings\tmetric\tvalue\tchosen\tgiven_up\tnote\n");
    let mut lines = 0;
    for (variant, tasks) in context.layout.variants.iter().enumerate() {
        let program = context.program(variant);
        for of_fold in &tasks.searches {
            let Some(search) = program.searches.get(of_fold.search) else { continue };
            let fold = fold_name(program, of_fold);
            for (at, trial) in of_fold.trials.iter().enumerate() {
                let judged = trial.judged.as_ref();
                let value = judged.and_then(|judged| judged.value).map_or("n/a".into(), |v| v.to_string());
                let given_up = judged.and_then(|judged| judged.given_up).map_or("n/a".into(), |e| e.to_string());
                let note = judged.and_then(|judged| judged.reason.as_deref()).unwrap_or("n/a");
                let metric = search.judged.metrics.first().map_or("".into(), |metric| metric.name());
                // Writing to a string cannot fail.
                let _ = writeln!(
                    text,
                    "{}\t{}\t{}\t{fold}\t{}\t{}\t{metric}\t{value}\t{}\t{given_up}\t{note}",
                    program.variant,
                    search.name,
                    of_fold.seed,
                    at + 1,
                    spelled(&trial.settings),
                    of_fold.chosen == Some(at),
                );
                lines += 1;
            }
        }
    }
    (lines > 0).then_some(text)
}

fn spelled(settings: &[(String, String)]) -> String {
    settings.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(",")
}

/// `fold 2`, of one initialisation as of another.
fn fold_name(program: &Program, of_fold: &FoldSearch) -> String {
    let protocol = crate::program::Protocol { repeats: 1, ..program.protocol.clone() };
    RunKey { seed: of_fold.seed, fold: of_fold.fold, repeat: 0 }.fold_name(&protocol)
}

/// A search with what became of it.
struct Searched<'a> {
    program: &'a Program,
    search: &'a Search,
    folds: Vec<&'a FoldSearch>,
    scored: &'a [Scored],
}

impl Searched<'_> {
    fn shown(&self, name: String) -> report::Search {
        let score = self.search.judged.metrics.first().map_or_else(Default::default, |metric| quantity(*metric));
        let mut sentences = vec![self.method(), self.stability()];
        sentences.extend(self.optimism());
        report::Search {
            name,
            sentences,
            chosen: self.chosen(),
            tried: self.tried(),
            settings: self.search.axes.iter().enumerate().map(|(at, axis)| self.setting(at, axis)).collect(),
            score,
        }
    }

    fn metric(&self) -> String {
        self.search.judged.metrics.first().map_or_else(String::new, |metric| metric.name().into_owned())
    }

    fn method(&self) -> String {
        let search = self.search;
        let most = self.folds.iter().map(|of_fold| of_fold.trials.len()).max().unwrap_or(0);
        let sampler = match search.sampler {
            SearchSampler::Random => "drawn at random (Bergstra and Bengio, 2012)".to_owned(),
            SearchSampler::Tpe { startup } => format!(
                "proposed by a tree-structured Parzen estimator after {startup} random ones (Bergstra et al., 2011, as in Optuna)"
            ),
        };
        let given_up =
            self.trials().filter(|(_, _, t)| t.judged.as_ref().is_some_and(|j| j.given_up.is_some())).count();
        let pruned = match search.prune {
            None => String::new(),
            Some(_) => format!(
                "; {given_up} trials were given up at an epoch at which their best so far was behind the median of those before"
            ),
        };
        let (metric, of) = (self.metric(), &search.judged.of);
        let folds = match self.folds.len() {
            1 => "one division".to_owned(),
            n => format!("each of {n} folds"),
        };
        format!(
            "{most} trials in {folds}, {sampler}, chosen by {metric} of {of} on the validation subjects of each{pruned}."
        )
    }

    /// How much the folds agree.
    fn stability(&self) -> String {
        let of_axis = |(at, axis): (usize, &SearchAxis)| {
            let chosen: Vec<&str> =
                self.picked().filter_map(|(_, trial)| Some(trial.settings.get(at)?.1.as_str())).collect();
            let numbers: Vec<f64> = chosen.iter().filter_map(|value| value.parse().ok()).collect();
            let name = &axis.param;
            match &axis.values {
                SearchValues::Real { low, high, .. } => match ends(&numbers) {
                    Some((least, most)) => format!("{name} from {least} to {most} (of {low} to {high})"),
                    None => name.clone(),
                },
                SearchValues::Whole { .. } | SearchValues::Choices(_) => {
                    let mut counts: indexmap::IndexMap<&str, usize> = indexmap::IndexMap::new();
                    chosen.iter().for_each(|value| *counts.entry(value).or_default() += 1);
                    counts.sort_by(|a, n, b, m| m.cmp(n).then(a.cmp(b)));
                    let counted = counts.iter().map(|(value, n)| format!("{value} ({n} of {})", chosen.len()));
                    format!("{name} {}", counted.collect::<Vec<_>>().join(", "))
                }
            }
        };
        let all = self.search.axes.iter().enumerate().map(of_axis).collect::<Vec<_>>().join("; ");
        if self.folds.len() == 1 { format!("Chosen: {all}.") } else { format!("Chosen over the folds: {all}.") }
    }

    /// What the chosen trials came to on those they were chosen by, and on those they were not.
    fn optimism(&self) -> Option<String> {
        let validated: Vec<f64> = self.picked().filter_map(|(_, trial)| trial.judged.as_ref()?.value).collect();
        let tested: Vec<f64> = self.picked().filter_map(|(of_fold, _)| self.tested(of_fold)).collect();
        if validated.is_empty() || validated.len() != tested.len() {
            return None;
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let shown = |value: f64| format!("{value:.4}");
        Some(format!(
            "Mean {} of what was chosen: {} on the validation subjects, {} on test subjects. The first is the best of many and \
             tells nothing of new people; the second does.",
            self.metric(),
            shown(mean(&validated)),
            shown(mean(&tested))
        ))
    }

    /// The same metric on the test subjects of a fold, mean over initialisations, where the file scores it.
    fn tested(&self, of_fold: &FoldSearch) -> Option<f64> {
        let metric = *self.search.judged.metrics.first()?;
        let declared = self.program.scores.iter().zip(self.scored);
        let (_, scored) = declared.into_iter().find(|(score, _)| {
            let of_same = score.of == self.search.judged.of && score.metrics.contains(&metric);
            of_same && score.on == Subset::Test && score.ensemble.is_none() && score.within.is_empty()
        })?;
        let line =
            scored.lines.iter().find(|line| line.metric == metric && (line.key.is_empty() || line.key == "mean"))?;
        let of_runs = line.runs.iter().filter(|r| r.run.seed == of_fold.seed && r.run.fold == of_fold.fold);
        let values: Vec<f64> = of_runs.filter_map(|run| run.value).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }

    /// What was chosen, fold by fold.
    fn picked(&self) -> impl Iterator<Item = (&FoldSearch, &Tried)> {
        self.folds.iter().filter_map(|of_fold| Some((*of_fold, of_fold.trials.get(of_fold.chosen?)?)))
    }

    fn trials(&self) -> impl Iterator<Item = (&FoldSearch, usize, &Tried)> {
        self.folds.iter().flat_map(|of_fold| of_fold.trials.iter().enumerate().map(move |(at, t)| (*of_fold, at, t)))
    }

    fn columns(&self, further: &[&str]) -> Vec<Column> {
        let settings = self.search.axes.iter().map(|axis| Column::new(axis.param.clone(), ColumnKind::Text));
        let real = ColumnKind::Real { digits: 4 };
        let fold = [Column::new("Fold", ColumnKind::Text), Column::new("Seed", ColumnKind::Integer)];
        fold.into_iter().chain(settings).chain(further.iter().map(|name| Column::new(*name, real))).collect()
    }

    fn row(&self, of_fold: &FoldSearch, trial: &Tried) -> Vec<Cell> {
        let settings = trial.settings.iter().map(|(_, value)| Cell::from(value.clone()));
        let fold = [Cell::from(fold_name(self.program, of_fold)), Cell::Number(of_fold.seed as f64)];
        fold.into_iter().chain(settings).collect()
    }

    fn chosen(&self) -> Table {
        let metric = self.metric();
        let (on_validation, on_test) = (format!("{metric}, validation"), format!("{metric}, test"));
        let number = |value: Option<f64>| value.map_or(Cell::Missing, Cell::Number);
        let row = |(of_fold, trial): (&FoldSearch, &Tried)| {
            let mut row = self.row(of_fold, trial);
            row.push(number(trial.judged.as_ref().and_then(|judged| judged.value)));
            row.push(number(self.tested(of_fold)));
            row
        };
        Table { columns: self.columns(&[&on_validation, &on_test]), rows: self.picked().map(row).collect() }
    }

    fn tried(&self) -> Table {
        let metric = format!("{}, validation", self.metric());
        let mut columns = self.columns(&[&metric]);
        columns.push(Column::new("", ColumnKind::Text));
        let row = |(of_fold, at, trial): (&FoldSearch, usize, &Tried)| {
            let mut row = self.row(of_fold, trial);
            let judged = trial.judged.as_ref();
            row.push(judged.and_then(|judged| judged.value).map_or(Cell::Missing, Cell::Number));
            row.push(match judged.and_then(|judged| judged.given_up) {
                _ if of_fold.chosen == Some(at) => Cell::from("chosen"),
                Some(epoch) => Cell::from(format!("given up at epoch {epoch}")),
                None => Cell::from(""),
            });
            row
        };
        Table { columns, rows: self.trials().map(row).collect() }
    }

    fn setting(&self, at: usize, axis: &SearchAxis) -> SearchedSetting {
        let (logarithmic, choices) = match &axis.values {
            SearchValues::Real { log, .. } | SearchValues::Whole { log, .. } => (*log, Vec::new()),
            SearchValues::Choices(choices) => (false, choices.clone()),
        };
        let trial = |(of_fold, number, trial): (&FoldSearch, usize, &Tried)| {
            let spelled_value = trial.settings.get(at).map_or("", |(_, value)| value.as_str());
            let value = match choices.is_empty() {
                true => spelled_value.parse().unwrap_or(f64::NAN),
                false => choices.iter().position(|c| c == spelled_value).map_or(f64::NAN, |place| place as f64),
            };
            SearchedTrial {
                name: format!("{}, {}", fold_name(self.program, of_fold), spelled(&trial.settings)),
                value,
                score: trial.judged.as_ref().and_then(|judged| judged.value).unwrap_or(f64::NAN),
                chosen: of_fold.chosen == Some(number),
            }
        };
        let trials = self.trials().map(trial).collect();
        SearchedSetting { name: axis.param.clone(), logarithmic, choices, trials }
    }
}

fn ends(numbers: &[f64]) -> Option<(f64, f64)> {
    let least = numbers.iter().copied().reduce(f64::min)?;
    Some((least, numbers.iter().copied().reduce(f64::max)?))
}
