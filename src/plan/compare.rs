//! Comparison tasks: the variants of a sweep, or models, side by side, and whether they differ.
//!
//! Each is compared with the one that the file names as the reference, on the same folds and seeds. Where a sweep names
//! none, its variants are compared with the best (where a metric has no better side, with the first). That the best one is
//! chosen by the same scores makes differences to it look larger than they are; results say so. p is corrected by Holm's
//! method over the comparisons of one metric.

mod contrast;
mod models;
mod table;

pub(super) use table::to_tsv;

use contrast::{ByRun, ONE_FOLD, contrasts, runs_of};

use super::analyse::{AnalysisResult, Field};
use super::context::Context;
use super::error::{PlanError, Result};
use super::score::{Line, Scored, is_of_part, label};
use super::store::{get_json, put_json};
use super::train::set_sizes;
use crate::analysis::spread;
use crate::program::{Metric, PairedTest, Subset};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Changes when a comparison changes its meaning.
pub(super) const VERSION: u32 = 2;

const COMPARISON: &str = "comparison.json";

/// A sweep's variants, or models, side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The sweep; of models what is compared, as the file spells it: `m against ridge`.
    pub sweep: String,
    /// The variants, in the order of the sweep; or the models, the reference first.
    pub variants: Vec<String>,
    /// The test between them.
    pub test: PairedTest,
    /// What is compared, one entry a score's metric or an analysis' field.
    pub items: Vec<Item>,
    /// What stands side by side.
    #[serde(default, skip_serializing_if = "Compared::is_variants")]
    pub compared: Compared,
    /// Whether the file names the reference; otherwise it is chosen by what is compared.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reference_named: bool,
    /// Of models: the variants whose models they are, where these are not all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
}

/// What stands side by side in a comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// The variants of a sweep.
    #[default]
    Variants,
    /// Models of one program.
    Models,
}

impl Compared {
    fn is_variants(&self) -> bool {
        *self == Self::Variants
    }
}

/// One thing that is compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// As the sweep names it: `auc`, `by_region.significant`; of a family by member: `probe[t1].auc`.
    pub name: String,
    /// What is scored, and on whom; empty for a field of an analysis.
    pub of: String,
    /// The metric, where it is one.
    pub metric: Option<Metric>,
    /// By variant.
    pub values: Vec<VariantValue>,
    /// The variant the others are compared with.
    pub reference: Option<usize>,
    /// Differences to it, in the order of the variants.
    pub contrasts: Vec<Contrast>,
}

/// A variant's value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantValue {
    /// Mean over runs.
    pub mean: Option<f64>,
    /// Standard deviation over runs.
    pub sd: Option<f64>,
    /// Lower end of the bootstrap interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// By run; empty for a field of an analysis that has one number.
    pub runs: Vec<Option<f64>>,
}

/// A variant minus the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contrast {
    /// Its place among the variants.
    pub variant: usize,
    /// Mean difference over the runs that both have.
    pub difference: Option<f64>,
    /// Lower end of its 95% interval, where the test gives one.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Of the test, two-sided.
    pub p: Option<f64>,
    /// Corrected by Holm's method.
    pub p_corrected: Option<f64>,
    /// Why there is no p.
    pub reason: Option<String>,
}

impl Comparison {
    /// Reads a result.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        get_json(&folder.join(COMPARISON))
    }

    /// `sweep widths`, `compare m against ridge, width=8`.
    pub(super) fn title(&self) -> String {
        let word = if self.compared == Compared::Models { "compare" } else { "sweep" };
        format!("{word} {}", self.text())
    }

    /// The sweep's name; of models what is compared, with the variants whose models they are.
    pub(super) fn text(&self) -> String {
        match self.within.as_slice() {
            [] => self.sweep.clone(),
            within => format!("{}, {}", self.sweep, within.join("; ")),
        }
    }

    /// How the reference of an item came to be one.
    pub(super) fn reason(&self, item: &Item) -> &'static str {
        match (self.reference_named, item.is_chosen_by_scores()) {
            (true, _) => "the reference is named by the file, not chosen by its scores",
            (false, true) => {
                "the reference is the best of these scores: chosen by them, differences to it look larger than they are"
            }
            (false, false) => "the reference is the first",
        }
    }
}

impl Item {
    /// Whether there is a best one that could be chosen.
    fn is_chosen_by_scores(&self) -> bool {
        self.metric.is_some_and(|metric| metric.larger_is_better().is_some())
    }
}

/// A test's name, with its source.
pub(super) fn test_name(test: PairedTest) -> &'static str {
    match test {
        PairedTest::CorrectedT => {
            "corrected resampled t test over folds and seeds (Nadeau and Bengio, 2003), two-sided"
        }
        PairedTest::Wilcoxon => "Wilcoxon's signed-rank test over folds and seeds, two-sided",
        PairedTest::MannWhitney => "Mann and Whitney's U test over folds and seeds, two-sided",
    }
}

impl Context<'_> {
    /// Compares a sweep's variants and writes the result into `folder`.
    ///
    /// # Errors
    /// Results that cannot be read.
    pub fn compare(&self, task: &str, sweep: usize, folder: &Path) -> Result<()> {
        let sweep = &self.experiment.sweeps[sweep];
        let mut scores: Vec<Vec<Scored>> = Vec::with_capacity(sweep.variants.len());
        let mut analyses: Vec<Vec<AnalysisResult>> = Vec::with_capacity(sweep.variants.len());
        for variant in &sweep.variants {
            let tasks = &self.layout.variants[*variant];
            let read = tasks.scores.iter().map(|task| Scored::read(&self.folder(*task)?));
            scores.push(read.collect::<Result<_>>()?);
            let read = tasks.analyses.iter().map(|task| AnalysisResult::read(&self.folder(*task)?));
            analyses.push(read.collect::<Result<_>>()?);
        }
        let sizes = self.mean_sizes(&sweep.variants)?;
        let mut items = Vec::new();
        for name in &sweep.compare {
            match name.rsplit_once('.') {
                Some((analysis, field)) => {
                    items.extend(field_items(analysis, field, &analyses, sweep.reference, (sweep.test, sizes)));
                }
                None => items.extend(metric_items(name, &scores, sweep.reference, (sweep.test, sizes))),
            }
        }
        let variants = sweep.variants.iter().map(|v| self.program(*v).variant.clone()).collect();
        let comparison = Comparison {
            sweep: sweep.name.clone(),
            variants,
            test: sweep.test,
            items,
            compared: Compared::Variants,
            reference_named: sweep.reference.is_some(),
            within: Vec::new(),
        };
        if comparison.items.is_empty() {
            let problem = format!("nothing scores {}; add a score", sweep.compare.join(", "));
            return Err(PlanError::task(task, problem));
        }
        put_json(&folder.join(COMPARISON), &comparison)
    }

    /// Mean numbers of training, test and held-out subjects over the divisions of these variants.
    fn mean_sizes(&self, variants: &[usize]) -> Result<Sizes> {
        let (mut train, mut test, mut holdout, mut n) = (0, 0, 0, 0);
        for variant in variants {
            for run in self.layout.variants[*variant].runs.iter().filter(|run| run.repeat == 0) {
                let split = self.split(*variant, run.seed, run.fold)?;
                let (a, b) = set_sizes(&split);
                (train, test, holdout, n) = (train + a, test + b, holdout + split.holdout.len(), n + 1);
            }
        }
        let n = n.max(1);
        // Where those held out test, they are the test subjects.
        let test = if test == 0 { holdout } else { test };
        Ok(Sizes { train: train / n, test: test / n, holdout: holdout / n })
    }
}

#[derive(Debug, Clone, Copy)]
struct Sizes {
    train: usize,
    test: usize,
    holdout: usize,
}

/// One item for an analysis, or for each member of a family of them that any variant has.
fn field_items(
    analysis: &str,
    field: &str,
    analyses: &[Vec<AnalysisResult>],
    reference: Option<usize>,
    test: (PairedTest, Sizes),
) -> Vec<Item> {
    let mut names: Vec<&str> = Vec::new();
    for found in analyses.iter().flatten().filter(|a| a.is_of(analysis)) {
        if !names.contains(&found.name.as_str()) {
            names.push(&found.name);
        }
    }
    names.into_iter().map(|name| field_item(name, field, analyses, reference, test)).collect()
}

/// A field of an analysis by variant. What has a number for every run is tested like a score; which side is better
/// nobody says, so that the first variant is what the others are compared with unless the file names another.
fn field_item(
    analysis: &str,
    field: &str,
    analyses: &[Vec<AnalysisResult>],
    reference: Option<usize>,
    (test, sizes): (PairedTest, Sizes),
) -> Item {
    let found: Vec<Option<&Field>> =
        analyses.iter().map(|of| of.iter().find(|a| a.name == analysis)?.fields.get(field)).collect();
    let by_run: Vec<ByRun> = found.iter().map(|f| f.map(Field::by_run).unwrap_or_default()).collect();
    let value = |(found, by_run): (&Option<&Field>, &ByRun)| {
        let runs: Vec<Option<f64>> = by_run.iter().map(|(_, value)| *value).collect();
        let there: Vec<f64> = runs.iter().copied().flatten().collect();
        let sd = spread(&there).ok().and_then(|s| s.sd);
        VariantValue { mean: found.and_then(Field::number), sd, low: None, high: None, runs }
    };
    let tested = by_run.iter().all(|runs| !runs.is_empty());
    let reference = reference.unwrap_or(0);
    let contrasts = if tested {
        let lines: Vec<Option<ByRun>> = by_run.iter().cloned().map(Some).collect();
        contrasts(&lines, reference, (test, ONE_FOLD), (sizes.train, sizes.test))
    } else {
        Vec::new()
    };
    Item {
        name: format!("{analysis}.{field}"),
        of: String::new(),
        metric: None,
        values: found.iter().zip(&by_run).map(value).collect(),
        reference: tested.then_some(reference),
        contrasts,
    }
}

/// One item for each score that has the metric: `auc`, or on some subjects alone: `auc on holdout`. Classes and groups
/// that are judged apart have an item each.
fn metric_items(name: &str, scores: &[Vec<Scored>], reference: Option<usize>, test: (PairedTest, Sizes)) -> Vec<Item> {
    let Some(first) = scores.first() else { return Vec::new() };
    let (name, on) = name.split_once(" on ").map_or((name, None), |(name, on)| (name, Some(on)));
    let mut items = Vec::new();
    let request = |scored: &Scored| on.is_none_or(|on| on == scored.on_name());
    for (at, scored) in first.iter().enumerate().filter(|(_, scored)| request(scored)) {
        for line in compared_lines(scored, name) {
            let of_variant = |scores: &Vec<Scored>| {
                let same = |s: &&Scored| s.of == scored.of && s.on == scored.on && s.cohort == scored.cohort;
                let found = scores.get(at).filter(same).or_else(|| scores.iter().find(same));
                found.and_then(|scored| line_like(scored, line, name)).cloned()
            };
            let lines: Vec<Option<Line>> = scores.iter().map(of_variant).collect();
            let of = judged_on(&scored.of, line, scored);
            items.push(metric_item(name, of, (scored, line.metric), &lines, reference, test));
        }
    }
    items
}

/// The lines of a score that a comparison takes up: one for the whole output, or one for each part.
fn compared_lines<'a>(scored: &'a Scored, metric: &str) -> Vec<&'a Line> {
    let of_metric = scored.lines.iter().filter(|line| line.metric.name() == metric);
    let parts: Vec<&Line> = of_metric.filter(|line| is_of_part(&line.key)).collect();
    if parts.is_empty() { main_line(scored, metric).into_iter().collect() } else { parts }
}

/// The line of another score that stands beside one: of the same class or group, or of the whole output, which may be a
/// family of its own.
fn line_like<'a>(scored: &'a Scored, line: &Line, metric: &str) -> Option<&'a Line> {
    match is_of_part(&line.key) {
        true => scored.lines.iter().find(|other| other.key == line.key && other.metric == line.metric),
        false => main_line(scored, metric),
    }
}

/// `age where sex = F on test`: what is compared, and on whom.
fn judged_on(of: &str, line: &Line, scored: &Scored) -> String {
    let key = if is_of_part(&line.key) { line.key.as_str() } else { "" };
    format!("{} on {}", label(of, key), scored.on_name())
}

/// `named` is the reference that the file names.
fn metric_item(
    name: &str,
    of: String,
    (scored, metric): (&Scored, Metric),
    lines: &[Option<Line>],
    named: Option<usize>,
    (test, sizes): (PairedTest, Sizes),
) -> Item {
    let values = lines.iter().map(|line| VariantValue {
        mean: line.as_ref().and_then(|l| l.mean),
        sd: line.as_ref().and_then(|l| l.sd),
        low: line.as_ref().and_then(|l| l.low),
        high: line.as_ref().and_then(|l| l.high),
        runs: line.as_ref().map(|l| l.runs.iter().map(|run| run.value).collect()).unwrap_or_default(),
    });
    let values: Vec<VariantValue> = values.collect();
    let reference = named.or_else(|| best(metric, &values));
    let tested = if scored.on == Subset::Holdout { sizes.holdout } else { sizes.test };
    let contrasts = match reference {
        Some(reference) => {
            let by_run: Vec<Option<ByRun>> = lines.iter().map(|line| line.as_ref().map(runs_of)).collect();
            let alone = match scored.ensemble {
                Some(_) => "one ensemble alone cannot be tested; use more seeds or repeats",
                None => ONE_FOLD,
            };
            contrasts(&by_run, reference, (test, alone), (sizes.train, tested))
        }
        None => Vec::new(),
    };
    Item { name: name.to_owned(), of, metric: Some(metric), values, reference, contrasts }
}

/// The line of a metric that stands for the whole output.
pub(super) fn main_line<'a>(scored: &'a Scored, metric: &str) -> Option<&'a Line> {
    let mut lines = scored.lines.iter().filter(|line| line.metric.name() == metric);
    lines.clone().find(|line| line.key == "mean").or_else(|| lines.next())
}

/// The best by its mean; where a metric has no better side, the first.
fn best(metric: Metric, values: &[VariantValue]) -> Option<usize> {
    let with: Vec<(usize, f64)> = values.iter().enumerate().filter_map(|(i, v)| Some((i, v.mean?))).collect();
    let better = |a: f64, b: f64| match metric.larger_is_better() {
        Some(true) => a > b,
        Some(false) => a < b,
        None => false,
    };
    // The first of equals.
    with.iter().copied().reduce(|best, next| if better(next.1, best.1) { next } else { best }).map(|(i, _)| i)
}
