//! Similarity of two representations of the same people, in every run.

use super::super::context::Context;
use super::super::error::Result;
use super::items::{Item, Items, Members, sets, sets_name};
use super::runs::RunValues;
use super::{AnalysisResult, argument};
use crate::analysis::{AnalysisError, Energy, canonical_correlations, debiased_linear_cka, linear_cka, svcca};
use crate::program::{Analysis, Argument};
use ndarray::Array2;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

impl Context<'_> {
    /// CKA, CCA and SVCCA of those who have both.
    pub(super) fn similarity(&self, task: &str, variant: usize, declared: &Analysis) -> Result<AnalysisResult> {
        let (first, second) = (argument(task, declared, "first")?, argument(task, declared, "second")?);
        let (class, of_class) = match declared.arguments.get("within") {
            Some(column @ Argument::Column { column: name, levels, .. }) => {
                let groups = self.groups(task, variant, column)?;
                let members: BTreeSet<String> = groups.into_values().flatten().collect();
                (Some(members), format!(" with {name} = {}", levels.join(", ")))
            }
            _ => (None, String::new()),
        };
        let measures = match declared.arguments.get("measures") {
            Some(Argument::Words(words)) => words.clone(),
            _ => vec!["cka".to_owned()],
        };
        let share = declared.number("share").unwrap_or(0.99);
        let method = format!("{} of {}{of_class}", measures.join(", "), sets_name(declared));
        let crowded = Cell::new(false);
        let mut analysed = self.by_run(task, variant, (declared, method), &[String::new()], |run| {
            let (a, b) = (
                self.items(task, variant, run, first, Members::Joined)?,
                self.items(task, variant, run, second, Members::Joined)?,
            );
            let (a, b) = both(&a.of(sets(declared)), &b.of(sets(declared)), class.as_ref());
            crowded.set(crowded.get() || a.ncols() + b.ncols() >= a.nrows());
            Ok(measured(&measures, &a, &b, share))
        })?;
        if crowded.get() && measures.iter().any(|m| m == "cca" || m == "svcca") {
            analysed.notes.push(
                "with as many columns as people, canonical correlations are near 1 whatever the tables hold; \
                 debiased_cka is not"
                    .into(),
            );
        }
        Ok(analysed)
    }
}

/// The rows of those who have both, in one order.
fn both(first: &[&Item], second: &[&Item], class: Option<&BTreeSet<String>>) -> (Array2<f64>, Array2<f64>) {
    let of_second: BTreeMap<&str, &Item> = second.iter().map(|item| (item.subject.as_str(), *item)).collect();
    let counts = |item: &Item| class.is_none_or(|c| c.contains(&item.subject) || c.contains(&item.key));
    let pairs = first
        .iter()
        .filter(|item| counts(item))
        .filter_map(|item| Some((*item, *of_second.get(item.subject.as_str())?)));
    let (a, b): (Vec<&Item>, Vec<&Item>) = pairs.unzip();
    (Items::table(&a), Items::table(&b))
}

fn measured(
    measures: &[String],
    a: &Array2<f64>,
    b: &Array2<f64>,
    share: f64,
) -> std::result::Result<RunValues, AnalysisError> {
    let mut found = Vec::new();
    for measure in measures {
        found.push(match measure.as_str() {
            "debiased_cka" => ("debiased_cka", vec![Some(debiased_linear_cka(a.view(), b.view())?)]),
            "cca" => {
                let correlations = canonical_correlations(a.view(), b.view())?;
                ("cca", vec![Some(correlations.iter().sum::<f64>() / correlations.len() as f64)])
            }
            "svcca" => ("svcca", vec![Some(svcca(a.view(), b.view(), share, Energy::Variance)?.mean)]),
            _ => ("cka", vec![Some(linear_cka(a.view(), b.view())?)]),
        });
    }
    found.push(("people", vec![Some(a.nrows() as f64)]));
    Ok(found)
}
