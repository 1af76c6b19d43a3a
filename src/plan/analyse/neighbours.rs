//! Retrieval: whether the nearest neighbour of an embedding is of the same subject, modality or class.

use super::super::context::Context;
use super::super::error::Result;
use super::items::{Item, Items, Members, sets, sets_name};
use super::{AnalysisResult, argument};
use crate::analysis::Distance;
use crate::analysis::probe::neighbours::retrieval;
use crate::program::{Analysis, Argument};
use indexmap::IndexMap;
use std::collections::BTreeMap;

impl Context<'_> {
    /// The share of embeddings whose nearest neighbour is of their group, in every run.
    pub(super) fn retrieval(&self, task: &str, variant: usize, declared: &Analysis) -> Result<AnalysisResult> {
        let values = argument(task, declared, "values")?;
        let by = argument(task, declared, "groups")?;
        let classes = match by {
            Argument::Word(_) => IndexMap::new(),
            column => self.groups(task, variant, column)?,
        };
        let class_of: BTreeMap<&str, usize> = classes
            .values()
            .enumerate()
            .flat_map(|(class, subjects)| subjects.iter().map(move |s| (s.as_str(), class)))
            .collect();
        let (distance, distance_name) = match declared.word("distance") {
            Some("euclidean") => (Distance::Euclidean, "Euclidean"),
            _ => (Distance::Cosine, "cosine"),
        };
        let same = match by {
            Argument::Word(word) => word.as_str(),
            _ => "class",
        };
        let method = format!(
            "share of embeddings whose nearest other one ({distance_name} distance) is of the same {same}, among {}",
            sets_name(declared)
        );
        self.by_run(task, variant, (declared, method), &[String::new()], |run| {
            let items = self.items(task, variant, run, values, Members::Apart)?;
            let group = |item: &Item| match by {
                Argument::Word(word) if word == "subject" => Some(item.person),
                Argument::Word(_) => items.all.iter().position(|other| other.modality() == item.modality()),
                _ => class_of.get(item.subject.as_str()).or_else(|| class_of.get(item.key.as_str())).copied(),
            };
            let judged = items.of(sets(declared));
            let (kept, groups): (Vec<&Item>, Vec<usize>) =
                judged.into_iter().filter_map(|item| Some((item, group(item)?))).unzip();
            Ok(retrieval(Items::table(&kept).view(), &groups, distance).map(|found| {
                vec![
                    ("share", vec![Some(found.share)]),
                    ("chance", vec![Some(found.chance)]),
                    ("items", vec![Some(found.items as f64)]),
                ]
            }))
        })
    }
}
