//! Maps of embeddings: two coordinates each, coloured by what they might have in common.

use super::super::context::{Context, goes_on};
use super::super::error::{PlanError, Result};
use super::items::{Item, Items, Members, sets};
use super::table::Table;
use super::{AnalysisResult, Field, argument};
use crate::analysis::AnalysisError;
use crate::analysis::latent::tsne::tsne_interruptible;
use crate::program::{Analysis, Argument};
use std::collections::BTreeMap;

impl Context<'_> {
    /// A map by t-SNE.
    pub(super) fn tsne(&self, task: &str, variant: usize, declared: &Analysis) -> Result<AnalysisResult> {
        let colour = argument(task, declared, "colour")?;
        let classes = match colour {
            Argument::Word(_) => Default::default(),
            column => self.groups(task, variant, column)?,
        };
        let class_of: BTreeMap<&str, &str> = classes
            .iter()
            .flat_map(|(class, subjects)| subjects.iter().map(move |s| (s.as_str(), class.as_str())))
            .collect();
        let (items, whose) = self.first_run(task, variant, declared, Members::Apart)?;
        let shown = items.of(sets(declared));
        let perplexity = declared.number("perplexity").unwrap_or(30.0);
        let failed = |e| match e {
            AnalysisError::Interrupted => PlanError::analysis(task, e),
            e => {
                let problem = format!("{} embeddings: {e}", shown.len());
                PlanError::task(task, format!("{problem}; `perplexity:` must be below their number"))
            }
        };
        let table = Items::table(&shown);
        let interrupt = self.options.interrupt;
        let map = tsne_interruptible(table.view(), perplexity, &|| goes_on(interrupt)).map_err(failed)?;
        let group = |item: &&Item| match colour {
            Argument::Word(word) if word == "subject" => item.key.clone(),
            Argument::Word(_) => item.modality().to_owned(),
            _ => {
                let class = class_of.get(item.subject.as_str()).or_else(|| class_of.get(item.key.as_str()));
                class.map_or("n/a", |class| *class).to_owned()
            }
        };
        let name = |item: &&Item| match item.member.as_str() {
            "" => item.subject.clone(),
            member => format!("{} {member}", item.subject),
        };
        let method = format!(
            "t-SNE, perplexity {perplexity}, from principal components (van der Maaten and Hinton, 2008); {whose}. Distances \
             between far groups mean little"
        );
        let mut analysed = AnalysisResult::new(declared, method);
        let subjects: Vec<String> = shown.iter().map(name).collect();
        let values = map.coordinates.rows().into_iter().map(|r| vec![Some(r[0]), Some(r[1])]).collect();
        let table = Table { names: vec!["x".into(), "y".into()], subjects: subjects.clone(), values };
        analysed.fields.insert("map".into(), Field::Subjects(table));
        analysed.fields.insert("colour".into(), Field::Labels { subjects, labels: shown.iter().map(group).collect() });
        analysed.fields.insert("divergence".into(), Field::Number(map.divergence));
        Ok(analysed)
    }
}
