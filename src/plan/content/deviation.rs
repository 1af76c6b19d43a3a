//! Deviations from the norm, by region and by person, with the test that some later analysis made of them.

use super::super::analyse::{AnalysisResult, Field, Table};
use super::super::context::Context;
use super::{Results, with_variant};
use crate::analysis::{Alternative, one_sample_t};
use crate::program::{AnalysisKind, Argument, ColumnTest, Program};
use crate::report::content::{Deviation, Group, Region};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Tables of more regions than this are images, and are not shown region by region.
const MOST_REGIONS: usize = 2000;

/// One entry a normative analysis and variant.
pub(super) fn deviations(context: &Context<'_>, results: &Results) -> Vec<Deviation> {
    let mut found = Vec::new();
    for (variant, result) in results.variants.iter().enumerate() {
        let program = context.program(variant);
        for (declared, analysed) in program.analyses.iter().zip(&result.analyses) {
            if declared.kind != AnalysisKind::NormativeDeviation {
                continue;
            }
            let Some(Field::Subjects(z)) = analysed.fields.get("z") else { continue };
            let tested = test_of(program, &result.analyses, &declared.name);
            let groups = &analysed.groups;
            let compared = match groups.as_slice() {
                [(reference, _), (cases, _), ..] => format!("{cases} against {reference}"),
                _ => String::new(),
            };
            let (test, correction) = match tested {
                Some(test) => test.method.split_once("; ").unwrap_or((&test.method, "")),
                None => ("one-sample t test against 0, two-sided", "not corrected"),
            };
            let regions = if z.names.len() <= MOST_REGIONS { regions(z, tested) } else { Vec::new() };
            found.push(Deviation {
                name: with_variant(context, variant, &declared.name),
                compared,
                test: test.to_owned(),
                correction: correction.to_owned(),
                interval: "95% interval of the mean".to_owned(),
                regions,
                groups: groups.iter().map(|(name, means)| Group { name: name.clone(), means: means.clone() }).collect(),
            });
        }
    }
    found
}

/// The one-sample test of an analysis' z, where the file asks for one.
fn test_of<'a>(program: &Program, analyses: &'a [AnalysisResult], name: &str) -> Option<&'a AnalysisResult> {
    let reads = |argument: &Argument| matches!(argument, Argument::Result { analysis, field } if analysis == name && field == "z");
    let at = program
        .analyses
        .iter()
        .position(|a| a.kind == AnalysisKind::Test(ColumnTest::OneSampleT) && a.arguments.values().any(reads))?;
    analyses.get(at)
}

fn regions(z: &Table, tested: Option<&AnalysisResult>) -> Vec<Region> {
    let corrected = |at: usize| match tested?.fields.get("q")? {
        Field::Columns { values, .. } => values.get(at).copied().flatten(),
        _ => None,
    };
    let alpha = match tested.and_then(|t| t.fields.get("alpha")) {
        Some(Field::Number(alpha)) => *alpha,
        _ => 0.05,
    };
    let region = |(at, name): (usize, &String)| {
        let Ok(t) = one_sample_t(&z.column(at), 0.0, Alternative::TwoSided) else {
            let n = f64::NAN;
            return Region { name: name.clone(), mean: n, low: n, high: n, t: n, p: n, q: n, significant: false };
        };
        let half = StudentsT::new(0.0, 1.0, t.df).map_or(f64::NAN, |d| d.inverse_cdf(0.975) * t.standard_error);
        let q = corrected(at);
        Region {
            name: name.clone(),
            mean: t.mean_difference,
            low: t.mean_difference - half,
            high: t.mean_difference + half,
            t: t.t,
            p: t.p_value,
            q: q.unwrap_or(f64::NAN),
            significant: q.is_some_and(|q| q <= alpha),
        }
    };
    z.names.iter().enumerate().map(region).collect()
}
