//! Deviations from the norm: residuals of cases, in standard deviations of those of people who are the norm.
//!
//! In every run the reference is those of its people that did not train that run's model; somebody who is a case in
//! several runs (another cohort, or several seeds) has the mean of the z of all of them. A region that does not vary
//! among the reference has no z.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::super::packed::ResidualsOfReference;
use super::super::predict::{Predicted, Values};
use super::super::request::PredictionRequest;
use super::super::task::RunKey;
use super::table::{Means, Table, row_name};
use super::{AnalysisResult, Field, argument};
use crate::analysis::NormativeReference;
use crate::analysis::normative::THRESHOLD;
use crate::program::{Analysis, Argument, Subset};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The file of a result that holds a [`Reference`].
pub(in super::super) const REFERENCE: &str = "reference.json";

/// What the residuals of the reference were, so that a model which leaves its run can take them along.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// The model.
    pub model: String,
    /// Who: `young.test`.
    pub of: String,
    /// By run.
    pub runs: Vec<RunReference>,
}

/// The same of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunReference {
    /// Which.
    pub run: RunKey,
    /// By output.
    pub outputs: Vec<ResidualsOfReference>,
}

/// People asked for.
struct People<'a> {
    cohort: &'a str,
    subset: Subset,
}

impl<'a> People<'a> {
    fn of(task: &str, analysis: &'a Analysis, name: &str) -> Result<Self> {
        match argument(task, analysis, name)? {
            Argument::People { cohort, subset } => Ok(Self { cohort, subset: *subset }),
            _ => Err(PlanError::task(task, format!("`{name}` names people: a cohort, or a subset of one"))),
        }
    }

    fn rows(&self, predicted: &Predicted) -> Vec<usize> {
        let is_in = |row: &usize| predicted.rows[*row].set == self.subset && predicted.rows[*row].cohort == self.cohort;
        (0..predicted.rows.len()).filter(is_in).collect()
    }

    fn name(&self) -> String {
        match self.subset {
            Subset::All => self.cohort.to_owned(),
            Subset::Training => format!("{}.training", self.cohort),
            Subset::Validation => format!("{}.validation", self.cohort),
            Subset::Test => format!("{}.test", self.cohort),
            Subset::Holdout => format!("{}.holdout", self.cohort),
        }
    }
}

impl Context<'_> {
    /// z of every case and region.
    pub(super) fn normative(&self, task: &str, variant: usize, analysis: &Analysis) -> Result<AnalysisResult> {
        let program = self.program(variant);
        let Argument::Model(model) = argument(task, analysis, "model")? else {
            return Err(PlanError::task(task, "`model` names a model"));
        };
        let residuals = program.residuals(*model);
        if residuals.is_empty() {
            let problem = format!(
                "no loss and no score compares an output of `{0}` with an input, so there are no residuals; minimise one, \
                 such as mse({0}, x)",
                program.models[*model].name
            );
            return Err(PlanError::task(task, problem));
        }
        let request = PredictionRequest::of(program, *model).unwrap_or_default();
        let cases = People::of(task, analysis, "cases")?;
        // Where nobody is named, the norm is that of the people a packed model came with.
        let packed = match analysis.arguments.get("reference") {
            None | Some(Argument::Nothing) => program.used(*model),
            Some(_) => None,
        };
        let (reference, norm_name) = match packed {
            Some(used) => (None, self.packed_reference_name(used)?.unwrap_or_default()),
            None => {
                let people = People::of(task, analysis, "reference")?;
                let name = people.name();
                (Some(people), name)
            }
        };
        let with = if packed.is_some() { ", which came with the packed model" } else { "" };
        let method = format!(
            "z of the residuals of {}, in standard deviations of those of {norm_name}{with} (Kumar et al., normative modelling)",
            cases.name(),
        );
        let mut analysed = AnalysisResult::new(analysis, method);
        let mut learnt: Vec<RunReference> = Vec::new();
        let (mut z, mut norm) = (Means::default(), Means::default());
        let mut names: Vec<String> = Vec::new();
        let mut constant: BTreeSet<String> = BTreeSet::new();
        for run in &self.runs_of(variant, *model) {
            let predicted = self.predicted(variant, *model, *run)?;
            let references = reference.as_ref().map(|people| people.rows(&predicted)).unwrap_or_default();
            let tested = cases.rows(&predicted);
            let asked = [(reference.as_ref(), &references, 2), (Some(&cases), &tested, 1)];
            for (people, rows, least) in asked {
                if let Some(people) = people
                    && rows.len() < least
                {
                    let problem = format!(
                        "{} has {} people with predictions in {}, and at least {least} are needed",
                        people.name(),
                        rows.len(),
                        run.name(program.protocol_of(*model))
                    );
                    return Err(PlanError::task(task, problem));
                }
            }
            let pairs = residuals
                .iter()
                .map(|r| {
                    let places = request.node(r.prediction).zip(request.truth(r.truth));
                    places.and_then(|(node, truth)| Some((predicted.nodes.get(node)?, predicted.truths.get(truth)?)))
                })
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| PlanError::inconsistent("a residual is not among the predictions"))?;
            if names.is_empty() {
                names = region_names(&residuals.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), &pairs);
            }
            let known = match packed {
                Some(used) => self.packed_reference(used, *run)?,
                None => Vec::new(),
            };
            let mut outputs = Vec::with_capacity(residuals.len());
            let mut at = 0;
            for (residual_of, (node, truth)) in residuals.iter().zip(&pairs) {
                let width = truth.width();
                let of_rows = |rows: &[usize]| -> Vec<(usize, Vec<f64>)> {
                    rows.iter().filter_map(|row| Some((*row, residual(node, truth, *row)?))).collect()
                };
                let (norms, tests) = (of_rows(&references), of_rows(&tested));
                let norms_of = match packed {
                    None => fitted(&residual_of.name, width, &norms),
                    Some(used) => {
                        let found = known.iter().find(|of| of.name == residual_of.name && of.mean.len() == width);
                        found.cloned().ok_or_else(|| {
                            let problem = format!(
                                "{} holds no residuals of the reference for `{}`; name one: reference: controls",
                                used.file, residual_of.name
                            );
                            PlanError::task(task, problem)
                        })?
                    }
                };
                let fits: Vec<Option<(f64, f64)>> =
                    norms_of.mean.iter().zip(&norms_of.sd).map(|(mean, sd)| mean.zip(*sd)).collect();
                constant.extend((0..width).filter(|j| fits[*j].is_none()).map(|j| names[at + j].clone()));
                outputs.push(norms_of);
                let score = |values: &[f64]| -> Vec<Option<f64>> {
                    fits.iter().zip(values).map(|(fit, v)| fit.map(|(mean, sd)| (v - mean) / sd)).collect()
                };
                for (rows, means) in [(&norms, &mut norm), (&tests, &mut z)] {
                    for (row, values) in rows {
                        let row = &predicted.rows[*row];
                        means.add(&row_name(&row.key, row.slice), names.len(), at, score(values).into_iter());
                    }
                }
                at += width;
            }
            learnt.push(RunReference { run: *run, outputs });
        }
        if reference.is_some() {
            analysed.reference =
                Some(Reference { model: program.models[*model].name.clone(), of: norm_name.clone(), runs: learnt });
        }
        if !constant.is_empty() {
            let shown: Vec<&str> = constant.iter().take(5).map(String::as_str).collect();
            let more = if constant.len() > shown.len() { ", .." } else { "" };
            analysed.notes.push(format!(
                "{} regions have no z, because too few reference people have them or their residuals do not vary: {}{more}",
                constant.len(),
                shown.join(", ")
            ));
        }
        let (z, norm) = (z.table(names.clone()), norm.table(names));
        analysed.groups = vec![(norm_name, mean_absolute(&norm)), (cases.name(), mean_absolute(&z))];
        analysed
            .fields
            .insert("mean".into(), Field::Subjects(by_subject(&z, "mean |z|", |row| mean(row.map(f64::abs)))));
        let extreme =
            by_subject(&z, "share beyond 1.96", |row| mean(row.map(|v| f64::from(u8::from(v.abs() > THRESHOLD)))));
        analysed.fields.insert("extreme".into(), Field::Subjects(extreme));
        analysed.fields.insert("z".into(), Field::Subjects(z));
        Ok(analysed)
    }
}

/// Mean and spread of residuals, element by element.
fn fitted(name: &str, width: usize, residuals: &[(usize, Vec<f64>)]) -> ResidualsOfReference {
    let mut found =
        ResidualsOfReference { name: name.to_owned(), subjects: residuals.len(), mean: Vec::new(), sd: Vec::new() };
    for j in 0..width {
        let column = Array2::from_shape_fn((residuals.len(), 1), |(i, _)| residuals[i].1[j]);
        let fit = NormativeReference::fit(column.view()).ok();
        found.mean.push(fit.as_ref().map(|fit| fit.mean[0]));
        found.sd.push(fit.map(|fit| fit.sd[0]));
    }
    found
}

/// Observed minus predicted, of a row that has both; of a Gaussian, its mean.
fn residual(node: &Values, truth: &Values, row: usize) -> Option<Vec<f64>> {
    let (predicted, observed) = (node.row(row)?, truth.row(row)?);
    Some(observed.iter().zip(predicted).map(|(o, p)| f64::from(*o) - f64::from(*p)).collect())
}

/// The names of columns, or the output's with the number of the element.
fn region_names(outputs: &[&str], pairs: &[(&Values, &Values)]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for (output, (_, truth)) in outputs.iter().zip(pairs) {
        let width = truth.width();
        for j in 0..width {
            let name = match truth.elements.get(j) {
                Some(name) => name.clone(),
                None if width == 1 => truth.name.clone(),
                None => format!("{} {}", truth.name, j + 1),
            };
            // The same column may be read by several inputs, or be predicted by several outputs.
            names.push(if taken.insert(name.clone()) { name } else { format!("{output} {name}") });
        }
    }
    names
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0_usize), |(sum, n), v| (sum + v, n + 1));
    (n > 0).then(|| sum / n as f64)
}

fn mean_absolute(z: &Table) -> Vec<f64> {
    z.values.iter().filter_map(|row| mean(row.iter().flatten().map(|v| v.abs()))).collect()
}

fn by_subject(z: &Table, name: &str, of: impl Fn(&mut dyn Iterator<Item = f64>) -> Option<f64>) -> Table {
    let values = z.values.iter().map(|row| vec![of(&mut row.iter().flatten().copied())]).collect();
    Table { names: vec![name.to_owned()], subjects: z.subjects.clone(), values }
}
