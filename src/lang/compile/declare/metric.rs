//! The metrics of a score, and what their arguments say.
//!
//! An expression comes in, `cnr(roi: [4, 4, 3], on: grid)`; a [`Metric`] goes out. Names, bounds and defaults are those of
//! the table in `entry`.

use super::entry::{Chapter, find};
use super::training::metric;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::{Reader, call_parts};
use crate::compile::repair;
use crate::compile::value::Value;
use crate::graph::Kind;
use crate::program::{Average, Cnr, InputSource, JudgedImage, Metric, Noise, NormDiff, RegionPlaces, ScorePair};
use fascicle_syntax::{BinaryOp, Expr, ExprKind, Span};

/// A metric: `auc`, `recall by class` (all classes are told of in any case), `cnr(roi: [4, 4, 3], pairs: 1000)`.
pub(super) fn asked_metric(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<(Metric, Span)> {
    if let ExprKind::Binary { op: BinaryOp::By, left, .. } = &expr.kind {
        return asked_metric(e, left);
    }
    let Some(parts) = call_parts(expr).filter(|p| p.receiver.is_none()) else {
        let message = "expected the name of a metric";
        let hint = match &expr.kind {
            ExprKind::Text(text) => format!("without quotes: {text}"),
            _ => "for example: score m: auc, f1".to_string(),
        };
        return e.fail(Diagnostic::error(Code::UnknownMetric, expr.span, message).hint(hint).repairs(
            match &expr.kind {
                ExprKind::Text(text) => Some(repair::unquoted(expr.span, text)),
                _ => None,
            },
        ));
    };
    let metric = metric(e, parts.name, parts.name_span)?;
    let mut reader = find(Chapter::Metric, parts.name).map_or_else(|| Reader::of(&parts), |m| Reader::by(&parts, m));
    let metric = match metric {
        Metric::Cnr(default) => Metric::Cnr(cnr(e, &mut reader, default)?),
        Metric::NormDiff => norm_diff(e, &mut reader)?,
        Metric::CalibrationError { .. } => Metric::CalibrationError { bins: reader.whole(e, "bins")? },
        Metric::Hausdorff { .. } => hausdorff(e, &mut reader)?,
        Metric::SurfaceDice { .. } => {
            Metric::SurfaceDice { tolerance_um: (reader.number(e, "tolerance")? * 1000.0).round() as u32 }
        }
        plain => plain,
    };
    if let Some(value) = reader.rest().first() {
        let name = parts.name;
        return e.fail(
            Diagnostic::error(Code::UnknownArgument, value.span, format!("`{name}` is given nothing to compare"))
                .hint(format!(
                    "what is judged stands before the colon, its truth is the model's target: `score m: {name}`"
                ))
                .repair(repair::written(parts.span, parts.name)),
        );
    }
    reader.finish(e)?;
    Ok((metric, expr.span))
}

/// `hausdorff(95%)`.
fn hausdorff(e: &mut Evaluator<'_>, reader: &mut Reader<'_>) -> Eval<Metric> {
    let Some(expr) = reader.positional("percentile") else { return Ok(Metric::Hausdorff { percent: 100 }) };
    let percent = match e.eval(expr)? {
        Value::Quantity(percent, unit) if &*unit == "%" => Some(percent),
        plain => plain.as_real(),
    };
    let found = percent.filter(|p| p.fract() == 0.0 && (1.0..=100.0).contains(p));
    match found {
        Some(percent) => Ok(Metric::Hausdorff { percent: percent as u8 }),
        None => e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, "`hausdorff` takes a whole percentile from 1 to 100")
                .hint("for example hausdorff(95%); `hausdorff` alone is the largest distance")
                .repair(repair::written(expr.span, "95%")),
        ),
    }
}

/// `norm_diff(over: median, signed: true)`.
fn norm_diff(e: &mut Evaluator<'_>, reader: &mut Reader<'_>) -> Eval<Metric> {
    let over = average(reader.choice(e, "over")?);
    let signed = reader.whether(e, "signed")?;
    Ok(match (signed, over) {
        (false, Average::Mean) => Metric::NormDiff,
        _ => Metric::NormDiffBy(NormDiff { signed, over }),
    })
}

fn average(word: &str) -> Average {
    if word == "median" { Average::Median } else { Average::Mean }
}

/// `cnr(roi: [4, 4, 3], pairs: 1000, seed: 0, of: truth, on: grid, noise: joint, over: median)`.
fn cnr(e: &mut Evaluator<'_>, reader: &mut Reader<'_>, default: Cnr) -> Eval<Cnr> {
    let roi = match reader.ints(e, "roi")? {
        None => default.roi,
        Some((extents, span)) => {
            let counts: Vec<usize> = extents.iter().filter_map(|n| usize::try_from(*n).ok()).collect();
            match *counts.as_slice() {
                [y, z] if extents.len() == 2 && y * z > 1 => [1, y, z],
                [x, y, z] if x * y * z > 1 => [x, y, z],
                _ => {
                    let message = "`roi` of `cnr` takes the voxels of a region along each axis, two or three numbers";
                    return e.fail(
                        Diagnostic::error(Code::WrongArgument, span, message).hint("for example roi: [4, 4, 3]"),
                    );
                }
            }
        }
    };
    let (pairs, seed) = (reader.whole(e, "pairs")?, reader.whole(e, "seed")? as u64);
    let of = match reader.choice(e, "of")? {
        "truth" => JudgedImage::Truth,
        "difference" => JudgedImage::Difference,
        _ => JudgedImage::Prediction,
    };
    let on = if reader.choice(e, "on")? == "grid" { RegionPlaces::Grid } else { RegionPlaces::Random };
    let noise = if reader.choice(e, "noise")? == "joint" { Noise::Joint } else { Noise::Each };
    let over = average(reader.choice(e, "over")?);
    Ok(Cnr { roi, pairs, seed, of, on, noise, over })
}

/// A metric of images needs one as truth, and a region must lie in it.
pub(super) fn fits_image(e: &mut Evaluator<'_>, metric: Metric, span: Span, pair: &ScorePair) -> Eval<()> {
    let truth = pair.truth.index();
    let (name, ty) = (e.graph.inputs[truth].name.clone(), e.graph.inputs[truth].ty.clone());
    let declared = e.input_spans[truth];
    let is_image = matches!(e.inputs[truth].source, InputSource::Image { .. }) && ty.kind == Kind::Tensor;
    if metric.is_of_images() && !is_image {
        let message = format!("`{}` judges images, and `{name}` is none", metric.name());
        return e.fail(
            Diagnostic::error(Code::MetricKind, span, message)
                .also(declared, "declared here")
                .hint("for numbers: mae, mse, r2, pearson")
                .repair(repair::written(
                    span,
                    if matches!(ty.kind, Kind::Class(_)) { "balanced_accuracy" } else { "mae" },
                )),
        );
    }
    let is_mask = matches!(ty.kind, Kind::Mask(_));
    let fits_mask = is_mask || metric == Metric::Dice && is_image;
    if metric.is_of_masks() && !fits_mask {
        let message = format!("`{}` judges masks, and `{name}` is none", metric.name());
        return e.fail(Diagnostic::error(Code::MetricKind, span, message).also(declared, "declared here").hint(
            "declare what is drawn as a mask with its classes: target parts: mask[40, 56, 48]{rest, front, back} = ..",
        ));
    }
    let Metric::Cnr(Cnr { roi, .. }) = metric else { return Ok(()) };
    let space = ty.shape.get(1..).unwrap_or_default();
    let extents = if space.len() == 2 { &roi[1..] } else { &roi[..] };
    if roi[0] > 1 && space.len() == 2 || extents.iter().zip(space).any(|(n, room)| n > room) {
        let message = format!("a region of {roi:?} voxels does not lie in `{name}`, which is {ty}");
        let fitting: Vec<String> = space.iter().map(|room| (*room).min(4).to_string()).collect();
        return e.fail(
            Diagnostic::error(Code::WrongArgument, span, message)
                .also(declared, "declared here")
                .hint(format!("for example cnr(roi: [{}])", fitting.join(", ")))
                .repairs(
                    (e.sources.text(span).matches(':').count() == 1)
                        .then(|| repair::written(span, &format!("cnr(roi: [{}])", fitting.join(", ")))),
                ),
        );
    }
    Ok(())
}
