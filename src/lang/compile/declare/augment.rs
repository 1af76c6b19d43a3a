//! `augment`: random changes of training images, `rotate(15deg), elastic(4mm, p: 0.5), noise(0.1)`.
//!
//! An expression comes in; an [`Augment`] goes out, or nothing where it never happens. Names, bounds and defaults are those
//! of the table in `entry`.

use super::entry::Chapter;
use super::training::entry;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::Reader;
use crate::compile::repair;
use crate::compile::value::Value;
use crate::program::Augment;
use fascicle_syntax::{Expr, Fix};

/// Factors that are more than this, or less than one over it, are no change of size that anybody means.
const MOST_ZOOM: f64 = 10.0;

/// One augmentation; `None` where its probability is 0.
pub(super) fn augment(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Option<Augment>> {
    let (parts, mut reader) = entry(e, expr, Chapter::Augmentation)?;
    let change = match parts.name {
        "flip" => {
            let axis = super::step::axis_named(reader.choice(e, "axis")?);
            Augment::Flip { axis, share: reader.number(e, "p")? }
        }
        "shift" => Augment::Shift { voxels: reader.whole(e, "voxels")? },
        // A random crop of the padded image is a random shift.
        "crop" => Augment::Shift { voxels: reader.whole(e, "jitter")? },
        "rotate" => match reader.positional("angle") {
            Some(angle) => affine(Some(axes(e, &reader, "angle", angle, ANGLE)?), None, None, false),
            None => {
                let fix = repair::with_argument(e.sources, reader.span, "15deg");
                return reader.missing_with(e, "angle", "the largest, or one an axis: rotate(15deg)", Some(fix));
            }
        },
        "zoom" => match reader.positional("factors") {
            Some(factors) => {
                let zoom = range(e, &reader, "factors", factors, MOST_ZOOM)?;
                affine(None, Some(zoom), None, reader.whether(e, "apart")?)
            }
            None => {
                let fix = repair::with_argument(e.sources, reader.span, "0.9..1.1");
                return reader.missing_with(e, "factors", "a range: zoom(0.9..1.1)", Some(fix));
            }
        },
        "affine" => {
            let Some(angle) = reader.positional("rotate") else {
                let hint = "the largest angle, or 0deg: affine(10deg, zoom: 0.9..1.1, shift: 5mm)";
                let fix = repair::with_argument(e.sources, reader.span, "rotate: 0deg");
                return reader.missing_with(e, "rotate", hint, Some(fix));
            };
            let rotate = axes(e, &reader, "rotate", angle, ANGLE)?;
            let zoom = reader.named("zoom").map(|zoom| range(e, &reader, "zoom", zoom, MOST_ZOOM)).transpose()?;
            let shift = reader.named("shift").map(|shift| axes(e, &reader, "shift", shift, LENGTH)).transpose()?;
            affine(Some(rotate), zoom, shift, reader.whether(e, "apart")?)
        }
        "elastic" => Augment::Elastic { most_mm: reader.number(e, "most")?, points: reader.whole(e, "points")? },
        "noise" => Augment::Noise { sd: reader.number(e, "sd")? },
        "gamma" => match reader.positional("exponent") {
            Some(exponent) => Augment::Gamma { exponent: range(e, &reader, "exponent", exponent, 100.0)? },
            None => {
                let fix = repair::with_argument(e.sources, reader.span, "0.7..1.5");
                return reader.missing_with(e, "exponent", "a range: gamma(0.7..1.5)", Some(fix));
            }
        },
        "bias_field" => Augment::BiasField { most: reader.number(e, "most")?, order: reader.whole(e, "order")? },
        "blur" => Augment::Blur { sd_mm: reader.number(e, "sd")? },
        "swap" => Augment::Swap { voxels: reader.whole(e, "voxels")?, times: reader.whole(e, "times")? },
        // The last of the table: `scale`.
        _ => Augment::Scale { by: gain(e, &mut reader)? },
    };
    let share = reader.number(e, "p")?;
    reader.finish(e)?;
    Ok(match change {
        Augment::Flip { share, .. } => (share > 0.0).then_some(change),
        change if share == 1.0 => Some(change),
        change => (share > 0.0).then(|| Augment::Sometimes { share, change: Box::new(change) }),
    })
}

/// `scale(0.1)`; a range of factors is one of sizes, as other packages call it.
fn gain(e: &mut Evaluator<'_>, reader: &mut Reader<'_>) -> Eval<f64> {
    let Some(expr) = reader.first() else { return reader.number(e, "by") };
    if let Value::Range(range) = e.eval(expr)? {
        let message = "`scale` multiplies intensities by a factor between `1 - by` and `1 + by`, found a range";
        let hint =
            format!("sizes are changed by `zoom({}..{})`; for intensities write scale(0.1)", range.start, range.end);
        let callee = repair::word_in(e.sources, reader.span, "scale");
        let fixes = callee.map(|callee| repair::written(callee, "zoom")).into_iter();
        let fixes: Vec<Fix> = fixes.chain([repair::written(expr.span, "0.1")]).collect();
        return e.fail(Diagnostic::error(Code::WrongArgument, expr.span, message).hint(hint).repairs(fixes));
    }
    reader.number(e, "by")
}

fn affine(degrees: Option<[f64; 3]>, zoom: Option<(f64, f64)>, shift_mm: Option<[f64; 3]>, apart: bool) -> Augment {
    let still = [0.0; 3];
    Augment::Affine {
        degrees: degrees.unwrap_or(still),
        zoom: zoom.unwrap_or((1.0, 1.0)),
        apart,
        shift_mm: shift_mm.unwrap_or(still),
    }
}

/// What is given for one axis, or for all three.
struct Measure {
    unit: &'static str,
    most: f64,
    wanted: &'static str,
}

const ANGLE: Measure = Measure {
    unit: "deg",
    most: 180.0,
    wanted: "an angle from 0deg to 180deg, or one an axis (`15deg`, `[5deg, 0deg, 20deg]`)",
};
const LENGTH: Measure =
    Measure { unit: "mm", most: 1e3, wanted: "a length of at least 0mm, or one an axis (`5mm`, `[5mm, 5mm, 0mm]`)" };

fn axes(e: &mut Evaluator<'_>, reader: &Reader<'_>, name: &str, expr: &Expr, of: Measure) -> Eval<[f64; 3]> {
    let value = e.eval(expr)?;
    let one = |value: &Value| match value {
        Value::Quantity(amount, unit) => (&**unit == of.unit).then_some(*amount),
        plain => plain.as_real(),
    };
    let amounts = match &value {
        Value::List(items) => items.iter().map(one).collect::<Option<Vec<f64>>>(),
        alone => one(alone).map(|amount| vec![amount; 3]),
    };
    match amounts.as_deref() {
        Some([x, y, z]) if [x, y, z].iter().all(|amount| (0.0..=of.most).contains(*amount)) => Ok([*x, *y, *z]),
        _ => reader.wrong(e, name, of.wanted, &value, expr.span),
    }
}

/// A range of factors; `1..1` is one, too.
fn range(e: &mut Evaluator<'_>, reader: &Reader<'_>, name: &str, expr: &Expr, most: f64) -> Eval<(f64, f64)> {
    let value = e.eval(expr)?;
    match &value {
        Value::Range(range) if range.start >= 1.0 / most && range.start <= range.end && range.end <= most => {
            Ok((range.start, range.end))
        }
        _ => reader.wrong(
            e,
            name,
            &format!("a range between {} and {most}, such as 0.9..1.1", 1.0 / most),
            &value,
            expr.span,
        ),
    }
}
