//! Columns of a table as one vector: imputed, then each column through its own steps (some of which take several columns
//! together), then flags of what was missing.

use super::super::error::{DataError, Result};
use super::adjust::{Adjustment, in_order};
use super::covariates::{ColumnRow, Unseen};
use super::impute::{Cells, Imputer, IterativeImputer, means};
use fascicle_lang::program::{ColumnStep, Covariate, Missing, MissingIndicators, covariates};
use serde::{Deserialize, Serialize};

/// One column that is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceColumn {
    /// Its name.
    pub name: String,
    /// What is done with it, in order.
    pub steps: Vec<ColumnStep>,
}

impl SourceColumn {
    /// The classes it holds, where it is read as classes (one-hot without bins before).
    pub fn classes(&self) -> Option<&[String]> {
        self.steps.iter().find_map(|step| match step {
            ColumnStep::Bins { .. } => Some(None),
            ColumnStep::OneHot { levels } => Some(Some(levels.as_slice())),
            _ => None,
        })?
    }

    /// Numbers it becomes.
    pub fn width(&self) -> usize {
        self.steps.iter().fold(1, |n, step| if let ColumnStep::OneHot { levels } = step { levels.len() } else { n })
    }

    /// Whether it goes through a logarithm before anything else.
    pub fn starts_with_log(&self) -> bool {
        matches!(self.steps.first(), Some(ColumnStep::Log))
    }
}

/// What an input does with its columns, before anything is fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnPlan {
    /// The columns, in order.
    pub columns: Vec<SourceColumn>,
    /// What is done about missing cells.
    pub missing: Missing,
    /// Columns that get a flag, by their place.
    pub flags: Vec<usize>,
    /// What steps read beside the columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covariates: Vec<Covariate>,
}

/// Columns whose steps have learnt what they need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FittedColumns {
    plan: ColumnPlan,
    /// Places of the columns that hold numbers; those are what the imputer sees.
    numeric: Vec<usize>,
    imputer: Imputer,
    learnt: Vec<Vec<Learnt>>,
    /// Steps that take several columns together, in the order in which they are done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    adjustments: Vec<Adjustment>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Learnt {
    /// Minus the first, over the second.
    Linear(f64, f64),
    Log,
    /// Upper ends of all bins but the last.
    Edges(Vec<f64>),
    OneHot(usize),
    /// The next adjustment that this column goes through.
    Together,
}

impl ColumnPlan {
    /// Chooses which columns get flags, so that the result has `width` numbers: those that are named, every source column,
    /// or those with missing cells (`has_missing`, by column) where that is what fits.
    ///
    /// # Errors
    /// Neither gives that width.
    pub fn new(columns: Vec<SourceColumn>, missing: Missing, has_missing: &[bool], width: usize) -> Result<Self> {
        let values: usize = columns.iter().map(SourceColumn::width).sum();
        let all: Vec<usize> = (0..columns.len()).collect();
        let some: Vec<usize> = all.iter().copied().filter(|j| has_missing.get(*j) == Some(&true)).collect();
        let choices = match missing.flags() {
            MissingIndicators::No => vec![Vec::new()],
            MissingIndicators::Every => vec![all, some],
            MissingIndicators::Of(names) => {
                vec![all.into_iter().filter(|j| names.contains(&columns[*j].name)).collect()]
            }
        };
        let found = values + choices[0].len();
        let flags = choices.into_iter().find(|flags| values + flags.len() == width).ok_or_else(|| DataError::Step {
            step: "columns",
            problem: format!("{} columns become {found} numbers, expected {width} as declared", columns.len()),
        })?;
        let covariates = covariates(columns.iter().flat_map(|column| &column.steps));
        Ok(Self { columns, missing, flags, covariates })
    }

    /// Learns from training rows. Numbers of a column of classes are the classes' places. `go_on` is asked as the work goes on.
    ///
    /// # Errors
    /// A column without any training value, a step that cannot be done; what `go_on` says.
    pub fn fit(&self, rows: &[ColumnRow], go_on: &dyn Fn() -> Result<()>) -> Result<FittedColumns> {
        let numeric: Vec<usize> = (0..self.columns.len()).filter(|j| self.columns[*j].classes().is_none()).collect();
        let names: Vec<String> = numeric.iter().map(|j| self.columns[*j].name.clone()).collect();
        let numbers: Cells = rows.iter().map(|row| numeric.iter().map(|j| row.cells[*j]).collect()).collect();
        let imputer = match self.missing {
            Missing::Absent => Imputer::None,
            Missing::Mean { .. } => Imputer::Mean(means(&numbers, &names)?),
            Missing::Iterative { .. } => Imputer::Iterative(IterativeImputer::fit(&numbers, &names, go_on)?),
        };
        let learnt = vec![Vec::new(); self.columns.len()];
        let mut fitted = FittedColumns { plan: self.clone(), numeric, imputer, learnt, adjustments: Vec::new() };
        let (rows, filled): (Vec<&ColumnRow>, Vec<Vec<Option<f64>>>) =
            rows.iter().filter_map(|row| Some((row, fitted.fill(&row.cells)?))).unzip();
        let mut values: Vec<Vec<f64>> =
            (0..self.columns.len()).map(|j| filled.iter().filter_map(|row| row[j]).collect()).collect();
        for (step, places) in in_order(&self.columns)? {
            go_on()?;
            for j in &places {
                learn(&self.columns[*j], &mut fitted.learnt[*j], &mut values[*j])?;
            }
            let mut chosen: Vec<Vec<f64>> = places.iter().map(|j| std::mem::take(&mut values[*j])).collect();
            let known = (places, self.columns.as_slice());
            let adjustment = Adjustment::fit(&step, known, &self.covariates, &rows, &chosen)?;
            for (i, row) in rows.iter().enumerate() {
                let before: Vec<f64> = chosen.iter().map(|column| column[i]).collect();
                chosen.iter_mut().zip(adjustment.apply(&before, row)?).for_each(|(column, value)| column[i] = value);
            }
            for (j, column) in adjustment.columns.iter().zip(chosen) {
                values[*j] = column;
                fitted.learnt[*j].push(Learnt::Together);
            }
            fitted.adjustments.push(adjustment);
        }
        for (j, values) in values.iter_mut().enumerate() {
            learn(&self.columns[j], &mut fitted.learnt[j], values)?;
        }
        Ok(fitted)
    }
}

impl FittedColumns {
    /// What each number of the vector is called: a column, `column=level`, or `column is missing`.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for column in &self.plan.columns {
            match column.classes() {
                Some(levels) => names.extend(levels.iter().map(|level| format!("{}={level}", column.name))),
                None if column.width() == 1 => names.push(column.name.clone()),
                None => names.extend((0..column.width()).map(|at| format!("{}={at}", column.name))),
            }
        }
        names.extend(self.plan.flags.iter().map(|j| format!("{} is missing", self.plan.columns[*j].name)));
        names
    }

    /// The vector of one subject; `None` where a cell is missing and nothing fills it.
    ///
    /// # Errors
    /// A level that a step reads and no training subject has; a number that a step cannot take.
    pub fn apply(&self, row: &ColumnRow) -> Result<Option<Vec<f32>>> {
        let Some(mut filled) = self.fill(&row.cells) else { return Ok(None) };
        let mut done = vec![0; filled.len()];
        for adjustment in &self.adjustments {
            for j in &adjustment.columns {
                while let Some(step) = self.learnt[*j].get(done[*j]).filter(|step| **step != Learnt::Together) {
                    filled[*j] = filled[*j].map(|value| change(value, step));
                    done[*j] += 1;
                }
                done[*j] += 1;
            }
            let before: Option<Vec<f64>> = adjustment.columns.iter().map(|j| filled[*j]).collect();
            let Some(before) = before else { return Ok(None) };
            for (j, value) in adjustment.columns.iter().zip(adjustment.apply(&before, row)?) {
                filled[*j] = Some(value);
            }
        }
        let mut out = Vec::new();
        for (j, value) in filled.iter().enumerate() {
            let before = out.len();
            push(&mut out, *value, &self.learnt[j][done[j]..]);
            // What is adjusted may be below 0 though no cell is.
            if done[j] > 0 && out[before..].iter().any(|v| !v.is_finite()) {
                let name = &self.plan.columns[j].name;
                let problem =
                    format!("column `{name}` becomes {}; take the logarithm before it is adjusted", out[before]);
                return Err(DataError::Step { step: "log", problem });
            }
        }
        out.extend(self.plan.flags.iter().map(|j| f32::from(u8::from(row.cells[*j].is_none()))));
        Ok(Some(out))
    }

    /// Levels of a subject that steps read and no training subject has.
    pub fn unseen(&self, row: &ColumnRow) -> Vec<Unseen> {
        self.adjustments.iter().flat_map(|adjustment| adjustment.unseen(row)).collect()
    }

    /// Numbers filled; classes as they are, absent ones only where something is done about missing cells.
    fn fill(&self, row: &[Option<f64>]) -> Option<Vec<Option<f64>>> {
        let numbers: Vec<Option<f64>> = self.numeric.iter().map(|j| row[*j]).collect();
        let filled = self.imputer.fill(&numbers)?;
        let mut out = row.to_vec();
        for (j, value) in self.numeric.iter().zip(filled) {
            out[*j] = Some(value);
        }
        (self.imputer != Imputer::None || out.iter().all(Option::is_some)).then_some(out)
    }
}

/// Fits a column's next steps in order, each on what the ones before made of the training values, up to one that takes several
/// columns together.
fn learn(column: &SourceColumn, learnt: &mut Vec<Learnt>, values: &mut [f64]) -> Result<()> {
    let refuse = |step: &'static str, problem: String| DataError::Step { step, problem };
    for step in column.steps.iter().skip(learnt.len()) {
        let next = match step {
            ColumnStep::Combat(_) | ColumnStep::Residualize { .. } => return Ok(()),
            ColumnStep::Log => Learnt::Log,
            ColumnStep::OneHot { levels } => {
                if let Some(Learnt::Edges(edges)) = learnt.last()
                    && edges.len() + 1 != levels.len()
                {
                    let problem =
                        format!("column `{}` has {} bins and {} levels", column.name, edges.len() + 1, levels.len());
                    return Err(refuse("onehot", problem));
                }
                Learnt::OneHot(levels.len())
            }
            _ if values.is_empty() => {
                let problem = format!("column `{}` has no value in any training subject; leave it out", column.name);
                return Err(refuse("columns", problem));
            }
            ColumnStep::Standardize => {
                let (mean, sd) = mean_and_sd(values);
                Learnt::Linear(mean, sd)
            }
            ColumnStep::MinMax => {
                let (low, span) = low_and_span(values);
                Learnt::Linear(low, span)
            }
            ColumnStep::Bins { n } => {
                let mut sorted = values.to_vec();
                sorted.sort_unstable_by(f64::total_cmp);
                Learnt::Edges((1..*n).map(|k| quantile(&sorted, k as f64 / *n as f64)).collect())
            }
        };
        for value in values.iter_mut() {
            *value = change(*value, &next);
        }
        if let Some(wrong) = values.iter().find(|v| !v.is_finite()) {
            let problem = format!("column `{}` becomes {wrong}; a logarithm needs positive numbers", column.name);
            return Err(refuse("log", problem));
        }
        learnt.push(next);
    }
    Ok(())
}

/// Mean and standard deviation (ddof 0) of some numbers; 1 where they do not differ.
pub(super) fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    (mean, if sd > mean.abs() * 1e-14 { sd } else { 1.0 })
}

/// The smallest of some numbers, and how far the largest is from it; 1 where they do not differ.
pub(super) fn low_and_span(values: &[f64]) -> (f64, f64) {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (low, if high > low { high - low } else { 1.0 })
}

fn change(value: f64, step: &Learnt) -> f64 {
    match step {
        Learnt::Linear(shift, scale) => (value - shift) / scale,
        Learnt::Log => value.ln(),
        Learnt::Edges(edges) => edges.partition_point(|edge| *edge <= value) as f64,
        Learnt::OneHot(_) | Learnt::Together => value,
    }
}

fn push(out: &mut Vec<f32>, value: Option<f64>, steps: &[Learnt]) {
    let mut current = value;
    for step in steps {
        if let Learnt::OneHot(n) = step {
            out.extend((0..*n).map(|k| f32::from(u8::from(current == Some(k as f64)))));
            return;
        }
        current = current.map(|v| change(v, step));
    }
    out.push(current.map_or(0.0, |v| v as f32));
}

/// numpy's default quantile of sorted values.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let at = share * last as f64;
    let low = (at.floor() as usize).min(last);
    let high = (low + 1).min(last);
    sorted[low] + (sorted[high] - sorted[low]) * (at - low as f64)
}
