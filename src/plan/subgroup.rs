//! Which of a fold's training people a stage trains on: those within its condition, and as many as it takes.

use super::error::{PlanError, Result};
use crate::data::dataset::{Dataset, Item};
use crate::data::split::Split;
use crate::program::{Stage, Take};
use std::collections::BTreeSet;

/// Those of some items whose people meet the stage's condition.
///
/// # Errors
/// A column that is not there, or nobody who meets it.
pub(super) fn within(task: &str, stage: &Stage, dataset: &Dataset, items: Vec<Item>) -> Result<Vec<Item>> {
    let Some(condition) = &stage.within else { return Ok(items) };
    let found = dataset.within(&members_of(&items), condition).map_err(PlanError::data(task))?;
    Ok(of_members(items, found))
}

/// Those who train: within the condition, and as many as the stage takes. A share is one of all who could train without
/// the condition.
///
/// # Errors
/// As [`within`]; fewer people than are to be taken.
pub(super) fn training(
    task: &str,
    stage: &Stage,
    dataset: &Dataset,
    items: Vec<Item>,
    split: &Split,
    stratify: &[String],
) -> Result<Vec<Item>> {
    let all = dataset.people(&members_of(&items));
    let items = within(task, stage, dataset, items)?;
    let members = members_of(&items);
    let people = dataset.people(&members);
    if people == 0 && stage.within.is_some() {
        let problem = format!("of {all} people who could train nobody is within the condition of the stage");
        return Err(PlanError::task(task, problem));
    }
    let Some(take) = stage.take else { return Ok(items) };
    let (wanted, said) = match take {
        Take::Count(n) => (n, n.to_string()),
        Take::Share(share) => ((share * all as f64).round() as usize, format!("{share:?} of {all}")),
    };
    if wanted == 0 || wanted > people {
        let within = if stage.within.is_some() { " within its condition" } else { "" };
        let problem = format!(
            "the stage takes {said} people, and {people} can train{within}; take between 1 and {people}, which as a share is \
             at most {:.3}",
            people as f64 / all.max(1) as f64
        );
        return Err(PlanError::task(task, problem));
    }
    let taken = dataset.take(&members, stratify, wanted, split.seed, split.fold).map_err(PlanError::data(task))?;
    Ok(of_members(items, taken))
}

/// The members of some items, each once, in their order.
fn members_of(items: &[Item]) -> Vec<usize> {
    let members: BTreeSet<usize> = items.iter().map(|item| item.member).collect();
    members.into_iter().collect()
}

fn of_members(items: Vec<Item>, members: Vec<usize>) -> Vec<Item> {
    let members: BTreeSet<usize> = members.into_iter().collect();
    items.into_iter().filter(|item| members.contains(&item.member)).collect()
}
