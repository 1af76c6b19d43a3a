//! Filling the report: from results of the store to [`ReportContent`].
//!
//! ```text
//!  store ──gather──▶ Results ──content──▶ ReportContent ──report──▶ report.html, scores.tsv
//! ```

mod analysis;
mod brain;
mod cohort;
mod deviation;
mod headline;
mod picture;
mod score;
pub(super) mod search;
mod stage;

use super::analyse::AnalysisResult;
use super::compare::Comparison;
use super::context::Context;
use super::error::Result;
use super::index::{self, SubjectIndex};
use super::outcome::TaskOutcome;
use super::score::Scored;
use crate::data::flow::Flow;
use crate::report::ReportContent;
use crate::report::content::{self as report, TaskState};
use std::collections::BTreeSet;

/// What the tasks of a run came to.
#[derive(Debug)]
pub(super) struct Results {
    /// By variant.
    pub variants: Vec<VariantResults>,
    /// By sweep.
    pub comparisons: Vec<Comparison>,
    /// Of the first variant.
    pub flows: Vec<Flow>,
    /// Of every variant, those that are alike together: names of variants, and their flows.
    pub flows_by_variant: Vec<(Vec<String>, Vec<Flow>)>,
    indexed: SubjectIndex,
}

/// What a variant came to.
#[derive(Debug)]
pub(super) struct VariantResults {
    pub scores: Vec<Scored>,
    pub analyses: Vec<AnalysisResult>,
}

/// How a run went.
#[derive(Debug)]
pub(super) struct Provenance<'a> {
    /// ISO 8601.
    pub started: String,
    pub seconds: f64,
    pub tasks: &'a [TaskOutcome],
}

impl Results {
    /// Reads what is small; predictions stay where they are.
    ///
    /// # Errors
    /// A result that cannot be read.
    pub fn gather(context: &Context<'_>) -> Result<Self> {
        let layout = context.layout;
        let variants = layout
            .variants
            .iter()
            .enumerate()
            .map(|(variant, tasks)| {
                let scores =
                    tasks.scores.iter().map(|task| Scored::read(&context.folder(*task)?)).collect::<Result<_>>()?;
                let analyses =
                    (0..tasks.analyses.len()).map(|a| context.analysed(variant, a)).collect::<Result<_>>()?;
                Ok(VariantResults { scores, analyses })
            })
            .collect::<Result<Vec<_>>>()?;
        let mut comparisons: Vec<Comparison> =
            layout.compares.iter().map(|task| Comparison::read(&context.folder(*task)?)).collect::<Result<_>>()?;
        comparisons.extend(model_comparisons(context)?);
        let indexed = index::indexed(&context.folder(layout.variants[0].index)?)?;
        let mut flows_by_variant: Vec<(Vec<String>, Vec<Flow>)> = Vec::new();
        for (tasks, program) in layout.variants.iter().zip(&context.experiment.variants) {
            let flows = index::indexed(&context.folder(tasks.index)?)?.flows;
            match flows_by_variant.iter_mut().find(|(_, known)| *known == flows) {
                Some((variants, _)) => variants.push(program.variant.clone()),
                None => flows_by_variant.push((vec![program.variant.clone()], flows)),
            }
        }
        Ok(Self { variants, comparisons, flows: indexed.flows.clone(), flows_by_variant, indexed })
    }
}

/// The comparisons of models; one that several variants share is told once, with their names.
fn model_comparisons(context: &Context<'_>) -> Result<Vec<Comparison>> {
    let mut variants_of: indexmap::IndexMap<usize, Vec<String>> = indexmap::IndexMap::new();
    for (tasks, program) in context.layout.variants.iter().zip(&context.experiment.variants) {
        for task in &tasks.comparisons {
            variants_of.entry(*task).or_default().push(program.variant.clone());
        }
    }
    let all = context.layout.variants.len();
    let of_task = |(task, variants): (usize, Vec<String>)| {
        let within = if variants.len() < all { variants } else { Vec::new() };
        Ok(Comparison { within, ..Comparison::read(&context.folder(task)?)? })
    };
    variants_of.into_iter().map(of_task).collect()
}

/// The report.
///
/// # Errors
/// A result that cannot be read.
pub(super) fn content(context: &Context<'_>, results: &Results, provenance: &Provenance<'_>) -> Result<ReportContent> {
    let (experiment, options) = (context.experiment, context.options);
    let scores = score::scores(context, results);
    let comparisons = score::comparisons(results);
    let warnings = context.warned();
    Ok(ReportContent {
        title: experiment.name.clone(),
        about: experiment.doc.clone(),
        headline: headline::headline(context, results),
        warnings: warnings
            .into_iter()
            .map(|message| report::Warning { message, ..report::Warning::default() })
            .collect(),
        source: (!options.source.text.is_empty()).then(|| report::Source {
            file: options.source.name.clone(),
            text: options.source.text.clone(),
            marks: options.source.highlights.clone(),
        }),
        parameters: parameters(context),
        cohorts: cohort::cohorts(context, results)?,
        models: options.model_tables.clone(),
        stages: stage::stages(context)?,
        searches: search::searches(context, results),
        scores,
        comparisons,
        confusions: score::confusions(context, results),
        regressions: score::regressions(context, results),
        pictures: picture::pictures(context)?,
        deviations: deviation::deviations(context, results),
        analyses: analysis::analyses(context, results)?,
        provenance: Some(described(context, provenance)),
    })
}

/// A variant's name; empty where there is only one.
fn variant_name(context: &Context<'_>, variant: usize) -> String {
    if context.experiment.variants.len() > 1 { context.program(variant).variant.clone() } else { String::new() }
}

/// `deviation`, or `deviation, fusion=film` where there are several variants.
fn with_variant(context: &Context<'_>, variant: usize, what: &str) -> String {
    match variant_name(context, variant) {
        name if name.is_empty() => what.to_owned(),
        name => format!("{what}, {name}"),
    }
}

fn parameters(context: &Context<'_>) -> Vec<report::Parameter> {
    let variants = &context.experiment.variants;
    let Some(first) = variants.first() else { return Vec::new() };
    let of = |(name, value): (&String, &String)| {
        let mut values: Vec<&str> = vec![value];
        for other in variants.iter().filter_map(|v| v.params.get(name)) {
            if !values.contains(&other.as_str()) {
                values.push(other);
            }
        }
        let swept = variants.iter().any(|v| v.settings.contains_key(name));
        let origin = if swept { "sweep" } else { "file or command line" };
        report::Parameter { name: name.clone(), value: values.join(" | "), origin: origin.into(), about: None }
    };
    first.params.iter().map(of).collect()
}

fn described(context: &Context<'_>, provenance: &Provenance<'_>) -> report::Provenance {
    let experiment = context.experiment;
    let seeds: BTreeSet<u64> = experiment.variants.iter().flat_map(|p| p.protocol.seeds.iter().copied()).collect();
    let layout = context.layout;
    let mut fingerprints = indexmap::IndexMap::new();
    for (variant, tasks) in layout.variants.iter().enumerate() {
        let mut add = |what: &str, task: usize| {
            let fingerprint = layout.tasks[task].identity.fingerprint.to_string();
            if !fingerprints.values().any(|known| *known == fingerprint) {
                fingerprints.insert(with_variant(context, variant, what), fingerprint);
            }
        };
        add("subjects", tasks.index);
        for (seed, task) in &tasks.split {
            add(&format!("division, seed {seed}"), *task);
        }
    }
    report::Provenance {
        fascicle: env!("CARGO_PKG_VERSION").to_owned(),
        command: context.options.command.clone(),
        started: provenance.started.clone(),
        seconds: provenance.seconds,
        seeds: seeds.into_iter().collect(),
        device: described_devices(context.options),
        versions: indexmap::IndexMap::from([("burn".to_owned(), "0.21.0".to_owned())]),
        fingerprints,
        tasks: provenance
            .tasks
            .iter()
            .map(|task| report::Task {
                name: task.name.clone(),
                fingerprint: task.fingerprint.clone(),
                state: if task.ran { TaskState::Ran } else { TaskState::Reused },
                seconds: task.seconds,
            })
            .collect(),
    }
}

/// What a run computed on: one device, or several.
pub(super) fn described_devices(options: &super::options::RunOptions<'_>) -> String {
    let mut names: Vec<String> = options.devices.iter().map(crate::nn::Device::describe).collect();
    names.dedup();
    names.join(", ")
}

/// `ad on test`.
fn of_and_on(scored: &Scored, key: &str) -> String {
    format!("{} on {}", super::score::label(&scored.of, key), scored.on_name())
}
