//! Steps that take several columns together and read covariates beside them: `combat` and `residualize`.
//!
//! The numbers are [`fascicle_analysis::harmonisation`]'s. Here sites and covariates get their places, and what cannot be
//! fitted or applied is said in the words of the table.

use super::super::error::{DataError, Result};
use super::columns::SourceColumn;
use super::covariates::{ColumnRow, Encoding, Unseen, level};
use fascicle_analysis::{AnalysisError, Combat, CombatSettings, Residuals};
use fascicle_lang::program::{ColumnStep, Covariate, CovariateKind};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A fitted step, with the columns that go through it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Adjustment {
    /// The columns' places.
    pub columns: Vec<usize>,
    site: Option<Encoding>,
    covariates: Vec<Encoding>,
    model: Model,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Model {
    Combat(Combat),
    Residuals(Residuals),
}

/// The steps that take columns together, each with the places of its columns, in an order in which every column comes to
/// its own steps in theirs.
///
/// # Errors
/// There is none: two steps each wait for the other. No file can say that.
pub(super) fn in_order(columns: &[SourceColumn]) -> Result<Vec<(ColumnStep, Vec<usize>)>> {
    let mut members: BTreeMap<usize, (&ColumnStep, Vec<usize>)> = BTreeMap::new();
    let mut waiting: Vec<Vec<usize>> = Vec::with_capacity(columns.len());
    for (j, column) in columns.iter().enumerate() {
        let steps = column.steps.iter().filter_map(|step| Some((step.together()?, step)));
        for (together, step) in steps.clone() {
            members.entry(together).or_insert_with(|| (step, Vec::new())).1.push(j);
        }
        let mut own: Vec<usize> = steps.map(|(together, _)| together).collect();
        own.reverse();
        waiting.push(own);
    }
    let mut order = Vec::with_capacity(members.len());
    while !members.is_empty() {
        let ready = |(together, (_, of)): (&usize, &(&ColumnStep, Vec<usize>))| {
            of.iter().all(|j| waiting[*j].last() == Some(together)).then_some(*together)
        };
        let next = members.iter().find_map(ready).and_then(|together| members.remove(&together));
        let Some((step, of)) = next else {
            let problem = "two steps that take several columns together wait for one another".into();
            return Err(DataError::Step { step: "columns", problem });
        };
        for j in &of {
            waiting[*j].pop();
        }
        order.push((step.clone(), of));
    }
    Ok(order)
}

fn name(step: &ColumnStep) -> &'static str {
    if matches!(step, ColumnStep::Combat(_)) { "combat" } else { "residualize" }
}

impl Adjustment {
    /// Fits a step to training rows, whose columns stand in `values`. `known` are the covariates of a row.
    ///
    /// # Errors
    /// What cannot be fitted, with what to do.
    pub fn fit(
        step: &ColumnStep,
        (places, columns): (Vec<usize>, &[SourceColumn]),
        known: &[Covariate],
        rows: &[&ColumnRow],
        values: &[Vec<f64>],
    ) -> Result<Self> {
        let refuse = |problem: String| DataError::Step { step: name(step), problem };
        if rows.is_empty() {
            return Err(refuse("no training subject has all that it needs".into()));
        }
        let encode = |covariate: &Covariate| {
            let place = known.iter().position(|k| k == covariate);
            let place = place.ok_or_else(|| refuse(format!("`{}` is not read", covariate.column)))?;
            Ok(Encoding::fit(&covariate.column, place, covariate.kind, rows))
        };
        let (site, of) = match step {
            ColumnStep::Combat(combat) => {
                let by = Covariate { column: combat.by.clone(), kind: CovariateKind::Levels };
                (Some(encode(&by)?), combat.keep.as_slice())
            }
            ColumnStep::Residualize { on, .. } => (None, on.as_slice()),
            _ => return Err(refuse("it takes no columns together".into())),
        };
        let covariates = of.iter().map(encode).collect::<Result<Vec<Encoding>>>()?;
        let mut fitted = Self { columns: places, site, covariates, model: Model::Residuals(Residuals::default()) };
        let terms = rows.iter().map(|row| fitted.terms(row)).collect::<Result<Vec<_>>>()?;
        let width = fitted.covariates.iter().map(Encoding::terms).sum();
        let terms = Array2::from_shape_fn((rows.len(), width), |(i, k)| terms[i][k]);
        let table = Array2::from_shape_fn((rows.len(), values.len()), |(i, j)| values[j][i]);
        let say = |fitted: &Self, e: AnalysisError| refuse(fitted.explain(e, columns, rows.len()));
        fitted.model = match (step, &fitted.site) {
            (ColumnStep::Combat(combat), Some(site)) => {
                let (by, levels) = (&combat.by, site.levels.as_deref().unwrap_or_default());
                if let [only] = levels {
                    return Err(refuse(format!(
                        "every training subject has `{by}` = `{only}`, and there is nothing to make it like; leave `combat` \
                         out (if: false), or let every fold train on several sites (stratify: [{by}])"
                    )));
                }
                let reference = match &combat.reference {
                    Some(wanted) => Some(levels.iter().position(|l| *l == level(wanted)).ok_or_else(|| {
                        refuse(format!(
                            "no training subject has the reference, `{by}` = `{wanted}`; they have {}",
                            levels.join(", ")
                        ))
                    })?),
                    None => None,
                };
                let places = rows.iter().map(|row| fitted.site_of(row)).collect::<Result<Vec<usize>>>()?;
                let settings = CombatSettings {
                    parametric: combat.parametric,
                    empirical_bayes: combat.empirical_bayes,
                    mean_only: combat.mean_only,
                    reference,
                };
                let model = Combat::fit(table.view(), &places, terms.view(), settings);
                Model::Combat(model.map_err(|e| say(&fitted, e))?)
            }
            _ => Model::Residuals(Residuals::fit(table.view(), terms.view()).map_err(|e| say(&fitted, e))?),
        };
        Ok(fitted)
    }

    fn step(&self) -> &'static str {
        if self.site.is_some() { "combat" } else { "residualize" }
    }

    /// The argument that names its covariates.
    fn argument(&self) -> &'static str {
        if self.site.is_some() { "keep" } else { "on" }
    }

    /// What is wrong, by the names of columns and levels.
    fn explain(&self, error: AnalysisError, columns: &[SourceColumn], people: usize) -> String {
        let by = self.site.as_ref().map_or("", |site| &site.column);
        match error {
            AnalysisError::SmallGroup { group, found, needed } => {
                let levels = self.site.as_ref().and_then(|site| site.levels.as_ref());
                let site = levels.and_then(|levels| levels.get(group)).map_or("", String::as_str);
                format!(
                    "`{by}` = `{site}` has {found} training subject, and the spread of a site needs {needed}; leave the site \
                     out ({}), let every fold train on it (stratify: [{by}]), or make means alike alone (mean_only: true)",
                    without(by, site)
                )
            }
            AnalysisError::DependentTerm { term } => {
                let of_term = self.covariates.iter().flat_map(|c| std::iter::repeat_n(c, c.terms())).nth(term);
                let (column, argument) = (of_term.map_or("", |c| &c.column), self.argument());
                let others = if by.is_empty() { String::new() } else { format!("`{by}` and ") };
                format!(
                    "`{column}` says nothing among the training subjects that {others}what stands before it in `{argument}` do \
                     not say: what it adds cannot be told from what they add; leave it out of `{argument}`"
                )
            }
            AnalysisError::ConstantColumn { column } => {
                let name = self.columns.get(column).and_then(|j| columns.get(*j)).map_or("", |c| &c.name);
                format!(
                    "column `{name}` does not vary among the training subjects beyond `{by}` and what is kept; leave it out"
                )
            }
            AnalysisError::TooFew { needed, .. } => {
                format!("{people} training subjects, and a regression on all that it reads needs {needed}; keep less")
            }
            other => other.to_string(),
        }
    }

    fn terms(&self, row: &ColumnRow) -> Result<Vec<f64>> {
        let mut terms = Vec::new();
        for covariate in &self.covariates {
            covariate.push(row, &mut terms).map_err(|level| self.not_seen(false, &covariate.column, level))?;
        }
        Ok(terms)
    }

    fn site_of(&self, row: &ColumnRow) -> Result<usize> {
        let Some(site) = &self.site else { return Ok(0) };
        site.level_of(row).map_err(|level| self.not_seen(true, &site.column, level))
    }

    fn not_seen(&self, site: bool, column: &str, level: String) -> DataError {
        let problem = Unseen { step: self.step(), site, column: column.to_owned(), level }.problem("");
        DataError::Step { step: self.step(), problem }
    }

    /// Columns of one person, adjusted.
    ///
    /// # Errors
    /// A level that no training subject has.
    pub fn apply(&self, values: &[f64], row: &ColumnRow) -> Result<Vec<f64>> {
        let terms = self.terms(row)?;
        let adjusted = match &self.model {
            Model::Combat(combat) => combat.apply(values, self.site_of(row)?, &terms),
            Model::Residuals(residuals) => residuals.apply(values, &terms),
        };
        adjusted.map_err(|e| DataError::Step { step: self.step(), problem: e.to_string() })
    }

    /// Levels of a person that no training subject has.
    pub fn unseen<'a>(&'a self, row: &'a ColumnRow) -> impl Iterator<Item = Unseen> + 'a {
        let all = self.site.iter().map(|site| (true, site)).chain(self.covariates.iter().map(|c| (false, c)));
        all.filter(|(_, encoding)| encoding.levels.is_some()).filter_map(|(site, encoding)| {
            let level = encoding.level_of(row).err()?;
            Some(Unseen { step: self.step(), site, column: encoding.column.clone(), level })
        })
    }
}

impl Unseen {
    /// What is wrong, and what can be done; `who` has it.
    pub fn problem(&self, who: &str) -> String {
        let Self { step, site, column, level } = self;
        let has = if who.is_empty() { String::new() } else { format!(", as {who}") };
        let out = without(column, level);
        if *site {
            format!(
                "no training subject has `{column}` = `{level}`{has}, and of a site that nobody trained on nothing is known; \
                 leave it out ({out}), let every fold train on it (stratify: [{column}]), or do not harmonise ({step}(.., if: \
                 false))"
            )
        } else {
            let argument = if *step == "combat" { "keep" } else { "on" };
            format!(
                "no training subject has `{column}` = `{level}`{has}, and what it adds is not known; leave it out ({out}), let \
                 every fold train on it (stratify: [{column}]), or leave `{column}` out of `{argument}`"
            )
        }
    }
}

/// The clause of a cohort that leaves a level out.
fn without(column: &str, level: &str) -> String {
    match level.parse::<f64>() {
        Ok(_) => format!("keep {column} != {level}"),
        Err(_) => format!("keep {column} != \"{level}\""),
    }
}
