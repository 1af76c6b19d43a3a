//! The first two tasks: who has what, and how people are divided.

use super::context::Context;
use super::error::{PlanError, Result};
use super::store::{get_json, put_bytes, put_json};
use super::task::trained_cohorts;
use crate::data::Grid;
use crate::data::dataset::Dataset;
use crate::data::flow::Flow;
use crate::data::split::Split;
use crate::program::{Program, Protocol, ProtocolKind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Changes when indexing changes its meaning.
pub(super) const VERSION: u32 = 1;
/// Changes when the division of people changes its meaning.
pub(super) const SPLIT_VERSION: u32 = 1;

const INDEX: &str = "index.json";
const SPLITS: &str = "split.json";

/// Who is analysed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SubjectIndex {
    pub members: Vec<Subject>,
    pub flows: Vec<Flow>,
    /// By input: its name, and which members have it.
    pub presence: Vec<(String, Vec<bool>)>,
    /// What images should have in common and have not.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// The grid of most images, by input, where they are to be alike.
    #[serde(default)]
    pub grids: Vec<Option<Grid>>,
}

/// A member of the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Subject {
    pub key: String,
    pub cohort: String,
}

/// Indexes a program's cohorts.
pub(super) fn index(dataset: &Dataset, folder: &Path) -> Result<()> {
    let members =
        dataset.members.iter().map(|m| Subject { key: m.key.clone(), cohort: m.cohort.clone() }).collect::<Vec<_>>();
    let presence = (0..dataset.inputs.len())
        .map(|i| (dataset.inputs[i].name.clone(), (0..members.len()).map(|m| dataset.has(m, i)).collect()))
        .collect();
    let (flows, warnings, grids) = (dataset.flows.clone(), dataset.warnings.clone(), dataset.grids.clone());
    put_json(&folder.join(INDEX), &SubjectIndex { members, flows, presence, warnings, grids })
}

/// Divides the people that are trained on, for one seed of the protocol.
pub(super) fn split(task: &str, program: &Program, dataset: &Dataset, seed: u64, folder: &Path) -> Result<()> {
    let cohorts = trained_cohorts(program);
    let mut protocol = program.protocol.clone();
    // Whoever is held out is drawn with the first seed, and held out for all; unless each seed draws others.
    let first = protocol.seeds.first().copied().filter(|_| !protocol.kind.redraws()).unwrap_or(seed);
    protocol.seeds = if first == seed { vec![seed] } else { vec![first, seed] };
    resolve_holdout(&mut protocol, dataset, &cohorts);
    let splits = dataset.divide(&protocol, &cohorts).map_err(PlanError::data(task))?;
    let splits: Vec<Split> = splits.into_iter().filter(|split| split.seed == seed).collect();
    let mut table = String::new();
    for (at, split) in splits.iter().enumerate() {
        let text = split.to_tsv();
        // The heading once.
        table.push_str(if at == 0 { &text } else { text.split_once('\n').map_or("", |(_, rest)| rest) });
    }
    put_json(&folder.join(SPLITS), &splits)?;
    put_bytes(&folder.join("split.tsv"), table.as_bytes())
}

/// `holdout: one fold` is as many people as a fold then has.
fn resolve_holdout(protocol: &mut Protocol, dataset: &Dataset, cohorts: &[String]) {
    if let ProtocolKind::KFold { folds, holdout, .. } = &mut protocol.kind
        && *holdout == usize::MAX
    {
        let members = dataset.members.iter().filter(|m| cohorts.contains(&m.cohort));
        let people: BTreeSet<&str> = members.map(|m| m.person.as_str()).collect();
        *holdout = (people.len() as f64 / (*folds + 1) as f64).round() as usize;
    }
}

/// A subject's name as this program has it, from that of a result which a program with more cohorts or with fewer has
/// left: `sub-01` of the only cohort is `adni:sub-01` of one among several.
pub(super) fn key_here(program: &Program, cohort: Option<&String>, key: &str) -> String {
    let prefixed = |name: &str| key.strip_prefix(name).and_then(|rest| rest.strip_prefix(':'));
    match (program.cohorts.as_slice(), cohort) {
        ([only], _) => prefixed(&only.name).unwrap_or(key).to_owned(),
        (several, Some(cohort)) if several.iter().all(|c| prefixed(&c.name).is_none()) => format!("{cohort}:{key}"),
        _ => key.to_owned(),
    }
}

/// The number of everybody's person, by the subject's name. Those who are trained on come first, so that their numbers
/// stay when a cohort is added.
pub(super) fn person_numbers<'d>(program: &Program, dataset: &'d Dataset) -> BTreeMap<&'d str, usize> {
    let trained = trained_cohorts(program);
    let (first, others): (Vec<_>, Vec<_>) = dataset.members.iter().partition(|m| trained.contains(&m.cohort));
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    first
        .into_iter()
        .chain(others)
        .map(|member| {
            let next = numbers.len();
            (member.key.as_str(), *numbers.entry(&member.person).or_insert(next))
        })
        .collect()
}

/// The result of [`index`].
pub(super) fn indexed(folder: &Path) -> Result<SubjectIndex> {
    get_json(&folder.join(INDEX))
}

/// The result of [`split`].
pub(super) fn splits(folder: &Path) -> Result<Vec<Split>> {
    get_json(&folder.join(SPLITS))
}

impl Context<'_> {
    /// Tells who is in the cohorts of an index, and what is wrong with their images.
    ///
    /// # Errors
    /// A result that cannot be read.
    pub fn tell_flows(&self, task: usize) -> Result<()> {
        let index = indexed(&self.folder(task)?)?;
        for flow in &index.flows {
            self.options.listener.cohort(flow);
            for group in &flow.unreadable {
                let first = group.records.first().map_or("", String::as_str);
                self.warn(&format!(
                    "{}: {} of {} cannot be read, the first: {first}",
                    flow.cohort,
                    group.records.len(),
                    group.reason
                ));
            }
        }
        index.warnings.iter().for_each(|warning| self.warn(warning));
        Ok(())
    }

    /// One division of a variant's people.
    ///
    /// # Errors
    /// A result that cannot be read.
    pub fn split(&self, variant: usize, seed: u64, fold: usize) -> Result<Split> {
        let task = self.layout.variants[variant].split.get(&seed).copied();
        let task = task.ok_or_else(|| PlanError::inconsistent(format!("seed {seed} has no division")))?;
        let found = splits(&self.folder(task)?)?.into_iter().find(|split| split.fold == fold);
        let mut split = found.ok_or_else(|| PlanError::inconsistent(format!("fold {fold} has no division")))?;
        let (program, trained) = (self.program(variant), trained_cohorts(self.program(variant)));
        for keys in [&mut split.train, &mut split.validation, &mut split.test, &mut split.holdout] {
            keys.iter_mut().for_each(|key| *key = key_here(program, trained.first(), key));
        }
        Ok(split)
    }
}
