//! Scores, comparisons, confusion matrices and scatter plots.

use super::super::compare::{Comparison as Compared, test_name};
use super::super::context::Context;
use super::super::score::{INTERVAL, Line, Scored};
use super::{Results, of_and_on, variant_name, with_variant};
use crate::analysis::{mean_absolute_error, pearson};
use crate::graph::Kind;
use crate::program::{Average, Cnr, JudgedImage, Metric, NormDiff, Program};
use crate::report::content::{
    Better, Comparison, Confusion, Contrast, FoldScore, Quantity, RankedRun, Ranking, Regression, ScatterPoint, Score,
    VariantScore,
};

/// One entry a score, member and metric, with all variants.
pub(super) fn scores(context: &Context<'_>, results: &Results) -> Vec<Score> {
    let mut found: indexmap::IndexMap<(String, Metric), Score> = indexmap::IndexMap::new();
    for (variant, result) in results.variants.iter().enumerate() {
        let program = context.program(variant);
        for (at, scored) in result.scores.iter().enumerate() {
            for line in &scored.lines {
                let of = of_and_on(scored, &line.key);
                let entry = found.entry((of.clone(), line.metric)).or_insert_with(|| Score {
                    of,
                    name: line.metric.name().into(),
                    metric: quantity(line.metric),
                    better: better(Some(line.metric)),
                    chance: chance(program, at, line.metric),
                    interval: INTERVAL.into(),
                    variants: Vec::new(),
                    rankings: Vec::new(),
                });
                entry.variants.push(variant_score(context, variant, (at, scored), line));
                entry.rankings.extend(scored.rankings.iter().map(|ranking| self::ranking(context, variant, ranking)));
            }
        }
    }
    found.into_values().collect()
}

fn variant_score(context: &Context<'_>, variant: usize, (at, scored): (usize, &Scored), line: &Line) -> VariantScore {
    let program = context.program(variant);
    let protocol = program.scores.get(at).map_or(&program.protocol, |score| program.protocol_of(score.model));
    let nan = f64::NAN;
    let fold = |score: &super::super::score::RunScore| FoldScore {
        fold: scored.fold_name(score.run, protocol),
        seed: score.run.seed,
        value: score.value.unwrap_or(nan),
    };
    VariantScore {
        variant: variant_name(context, variant),
        folds: line.runs.iter().map(fold).collect(),
        mean: line.mean.unwrap_or(nan),
        sd: line.sd.unwrap_or(nan),
        low: line.low.unwrap_or(nan),
        high: line.high.unwrap_or(nan),
    }
}

/// The runs from which an ensemble takes the best.
fn ranking(context: &Context<'_>, variant: usize, ranking: &super::super::ensemble::Ranking) -> Ranking {
    let run = |run: &super::super::ensemble::Ranked| RankedRun {
        run: run.name.clone(),
        value: run.value.unwrap_or(f64::NAN),
        taken: run.taken,
    };
    Ranking {
        variant: variant_name(context, variant),
        by: quantity(ranking.by),
        runs: ranking.runs.iter().map(run).collect(),
    }
}

/// A metric's name for people, with its unit.
pub(super) fn quantity(metric: Metric) -> Quantity {
    match metric {
        Metric::BalancedAccuracy => Quantity::plain("balanced accuracy"),
        Metric::Auc => Quantity::plain("area under the ROC curve"),
        Metric::Mae => Quantity::plain("mean absolute error"),
        Metric::Mse => Quantity::plain("mean squared error"),
        Metric::R2 => Quantity::plain("R2"),
        Metric::Pearson => Quantity::plain("Pearson's r"),
        Metric::Spearman => Quantity::plain("Spearman's rho"),
        Metric::Psnr => Quantity::with_unit("peak signal-to-noise ratio", "dB"),
        Metric::Ssim => Quantity::plain("structural similarity"),
        Metric::NormDiff => Quantity::plain("normalised difference"),
        Metric::NormDiffBy(NormDiff { signed, over }) => Quantity::plain(match (signed, over) {
            (true, Average::Median) => "median of the signed normalised differences",
            (true, Average::Mean) => "signed normalised difference",
            (false, Average::Median) => "median of the normalised differences",
            (false, Average::Mean) => "normalised difference",
        }),
        Metric::Cnr(Cnr { of: JudgedImage::Prediction, .. }) => Quantity::plain("contrast-to-noise ratio"),
        Metric::Cnr(Cnr { of: JudgedImage::Truth, .. }) => Quantity::plain("contrast-to-noise ratio of the truth"),
        Metric::Cnr(Cnr { of: JudgedImage::Difference, .. }) => {
            Quantity::plain("normalised difference of the contrast-to-noise ratios")
        }
        Metric::Skill => Quantity::plain("skill against the mean training image"),
        other => Quantity::plain(other.name()),
    }
}

fn better(metric: Option<Metric>) -> Better {
    match metric.and_then(Metric::larger_is_better) {
        Some(true) => Better::Higher,
        Some(false) => Better::Lower,
        None => Better::Neither,
    }
}

/// What guessing reaches.
fn chance(program: &Program, score: usize, metric: Metric) -> Option<f64> {
    match metric {
        Metric::Auc => Some(0.5),
        Metric::BalancedAccuracy | Metric::Recall => {
            let pair = program.scores.get(score)?.pairs.first()?;
            match &program.graph.inputs[pair.truth.index()].ty.kind {
                Kind::Class(levels) => Some(1.0 / levels.len() as f64),
                _ => None,
            }
        }
        _ => None,
    }
}

/// One entry a sweep (or comparison of models) and metric.
pub(super) fn comparisons(results: &Results) -> Vec<Comparison> {
    results.comparisons.iter().flat_map(of_sweep).collect()
}

fn of_sweep(compared: &Compared) -> Vec<Comparison> {
    let name = |at: usize| compared.variants.get(at).cloned().unwrap_or_default();
    let nan = f64::NAN;
    compared
        .items
        .iter()
        .filter(|item| !item.contrasts.is_empty())
        .map(|item| Comparison {
            name: format!("{}, {}", compared.title(), item.of),
            reference: compared.reason(item).to_owned(),
            metric: item.metric.map_or_else(|| Quantity::plain(&item.name), quantity),
            better: better(item.metric),
            test: test_name(compared.test).into(),
            correction: Some(format!(
                "Holm's correction over {} tests",
                item.contrasts.iter().filter(|c| c.p.is_some()).count()
            )),
            interval: "95% interval".into(),
            alpha: 0.05,
            contrasts: item
                .contrasts
                .iter()
                .map(|c| Contrast {
                    first: name(c.variant),
                    second: item.reference.map(name).unwrap_or_default(),
                    difference: c.difference.unwrap_or(nan),
                    low: c.low.unwrap_or(nan),
                    high: c.high.unwrap_or(nan),
                    p: c.p.unwrap_or(nan),
                    p_corrected: c.p_corrected.unwrap_or(nan),
                })
                .collect(),
        })
        .collect()
}

/// One matrix a score and variant.
pub(super) fn confusions(context: &Context<'_>, results: &Results) -> Vec<Confusion> {
    let of = |variant: usize, scored: &Scored| {
        scored
            .confusions
            .iter()
            .map(|matrix| Confusion {
                name: with_variant(
                    context,
                    variant,
                    &format!("{}, all folds and seeds", of_and_on(scored, &matrix.key)),
                ),
                classes: matrix.classes.clone(),
                counts: matrix.counts.clone(),
            })
            .collect::<Vec<_>>()
    };
    by_score(results, of)
}

/// One scatter plot a score of numbers and variant.
pub(super) fn regressions(context: &Context<'_>, results: &Results) -> Vec<Regression> {
    let of = |variant: usize, scored: &Scored| {
        scored
            .scatters
            .iter()
            .map(|scatter| {
                let (truth, predicted): (Vec<f64>, Vec<f64>) = scatter.points.iter().map(|(_, t, p)| (*t, *p)).unzip();
                Regression {
                    name: with_variant(context, variant, &of_and_on(scored, &scatter.key)),
                    target: Quantity::plain(&scatter.target),
                    points: scatter
                        .points
                        .iter()
                        .map(|(subject, truth, predicted)| ScatterPoint {
                            subject: subject.clone(),
                            truth: *truth,
                            predicted: *predicted,
                        })
                        .collect(),
                    r: pearson(&truth, &predicted).map_or(f64::NAN, |c| c.r),
                    mae: mean_absolute_error(&truth, &predicted).unwrap_or(f64::NAN),
                }
            })
            .collect::<Vec<_>>()
    };
    by_score(results, of)
}

fn by_score<T>(results: &Results, of: impl Fn(usize, &Scored) -> Vec<T>) -> Vec<T> {
    let mut found = Vec::new();
    for (variant, result) in results.variants.iter().enumerate() {
        for scored in &result.scores {
            found.extend(of(variant, scored));
        }
    }
    found
}
