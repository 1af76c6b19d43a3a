//! Cohorts: the flow of people, their division, and what is missing.

use super::super::context::Context;
use super::super::error::Result;
use super::super::index;
use super::super::task::{RunKey, trained_cohorts};
use super::Results;
use crate::program::{CohortSource, Protocol};
use crate::report::content::{Cohort, LeftOut, Missingness, Split, SplitPart};

/// The cohorts of the first variant.
pub(super) fn cohorts(context: &Context<'_>, results: &Results) -> Result<Vec<Cohort>> {
    let program = context.program(0);
    let trained = trained_cohorts(program);
    let mut cohorts = Vec::with_capacity(results.flows.len());
    for flow in &results.flows {
        let declared = program.cohorts.iter().find(|c| c.name == flow.cohort);
        let origin = declared.map_or(String::new(), |c| match &c.source {
            CohortSource::Bids { path } => format!("bids({path:?})"),
            CohortSource::Table { path } => format!("table({path:?})"),
            CohortSource::Phantom(settings) => {
                format!("phantom(subjects: {}, seed: {})", settings.subjects, settings.seed)
            }
        });
        let left_out =
            flow.left_out.iter().map(|g| LeftOut { reason: g.reason.clone(), subjects: g.records.clone() }).collect();
        cohorts.push(Cohort {
            name: flow.cohort.clone(),
            origin,
            found: flow.found as u64,
            left_out,
            analysed: flow.analysed as u64,
            splits: if trained.contains(&flow.cohort) { splits(context, results, &flow.cohort)? } else { Vec::new() },
            missing: missing(context, results, &flow.cohort),
        });
    }
    Ok(cohorts)
}

/// How many of a cohort are in which set, by seed and fold.
fn splits(context: &Context<'_>, results: &Results, cohort: &str) -> Result<Vec<Split>> {
    let members = results.indexed.members.iter().filter(|m| m.cohort == cohort);
    let own: std::collections::BTreeSet<&str> = members.map(|m| m.key.as_str()).collect();
    let protocol = Protocol { repeats: 1, ..context.program(0).protocol.clone() };
    let mut found = Vec::new();
    for task in context.layout.variants[0].split.values() {
        for split in index::splits(&context.folder(*task)?)? {
            let part = |(name, keys): (&str, &[String])| SplitPart {
                name: name.to_owned(),
                subjects: keys.iter().filter(|key| own.contains(key.as_str())).count() as u64,
            };
            let parts = split.sets().into_iter().map(part).filter(|part| part.subjects > 0).collect();
            let key = RunKey { seed: split.seed, fold: split.fold, repeat: 0 };
            found.push(Split { name: key.name(&protocol), parts });
        }
    }
    Ok(found)
}

fn missing(context: &Context<'_>, results: &Results, cohort: &str) -> Vec<Missingness> {
    let program = context.program(0);
    let mut found = Vec::new();
    for (at, (name, presence)) in results.indexed.presence.iter().enumerate() {
        let (Some(spec), Some(input)) = (program.inputs.get(at), program.graph.inputs.get(at)) else { continue };
        if spec.cohort.as_ref().is_some_and(|of| of != cohort) {
            continue;
        }
        let own = results.indexed.members.iter().zip(presence).filter(|(m, _)| m.cohort == cohort);
        let (present, n) = own.fold((0_u64, 0_u64), |(present, n), (_, has)| (present + u64::from(*has), n + 1));
        if n == 0 {
            continue;
        }
        let treatment = if spec.optional { "kept, what they lack is left out" } else { "left out" };
        found.push(Missingness {
            modality: name.clone(),
            kind: input.ty.to_string(),
            present,
            absent: n - present,
            treatment: treatment.to_owned(),
        });
    }
    found
}
