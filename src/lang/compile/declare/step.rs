//! Steps of image preparation: `|> rescale(0..1, percentiles: [1, 99]) |> zscore(mask: nonzero)`.

use super::centred;
use super::entry::{Chapter, find, names};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::{Reader, call_parts, unknown_function};
use crate::compile::repair;
use crate::compile::value::Value;
use crate::program::AxisName;
use crate::program::{ImageMask, ImageStep, Interpolation, View, ViewAverage};
use fascicle_syntax::{Expr, ExprKind};

/// More voxels along an axis than any image has.
const MOST_VOXELS: f64 = 1e6;

/// Compiles one step of an image that is read from this cohort, or from every one.
pub(super) fn image_step(e: &mut Evaluator<'_>, expr: &Expr, cohort: Option<&str>) -> Eval<ImageStep> {
    let Some(parts) = call_parts(expr).filter(|p| p.receiver.is_none()) else {
        return e.fail(
            Diagnostic::error(Code::Step, expr.span, "expected a step of image preparation")
                .hint(names(Chapter::ImageStep).join(", ")),
        );
    };
    let Some(entry) = find(Chapter::ImageStep, parts.name) else {
        if find(Chapter::ColumnStep, parts.name).is_none() {
            return unknown_function(
                e,
                Code::Step,
                "step of image preparation",
                parts.name,
                parts.name_span,
                &names(Chapter::ImageStep),
            );
        }
        let message = format!("`{}` is a step of columns, this is an image", parts.name);
        return e.fail(
            Diagnostic::error(Code::Step, parts.name_span, message)
                .hint(match parts.name {
                    "standardize" => "for images write `zscore(mask: nonzero)`".into(),
                    _ => names(Chapter::ImageStep).join(", "),
                })
                .repairs((parts.name == "standardize").then(|| repair::written(expr.span, "zscore(mask: nonzero)"))),
        );
    };
    let mut reader = Reader::by(&parts, entry);
    let step = match parts.name {
        "rescale" => {
            let to = reader.range(e, "to")?.unwrap_or((0.0, 1.0));
            let percentiles = match reader.reals(e, "percentiles")? {
                Some((p, _)) if p.len() == 2 && p[0] >= 0.0 && p[0] < p[1] && p[1] <= 100.0 => (p[0], p[1]),
                Some((_, span)) => {
                    return e.fail(
                        Diagnostic::error(
                            Code::WrongArgument,
                            span,
                            "`percentiles` takes two numbers from 0 to 100, the smaller first",
                        )
                        .hint("for example percentiles: [0.1, 99.9]"),
                    );
                }
                None => (0.0, 100.0),
            };
            let mask = mask(e, &mut reader)?;
            ImageStep::Rescale { to, percentiles, mask, each: reader.whether(e, "each")? }
        }
        "zscore" => ImageStep::Zscore { mask: mask(e, &mut reader)? },
        "white_stripe" => ImageStep::WhiteStripe { width: reader.number(e, "width")? },
        "histogram_standardize" => ImageStep::HistogramStandardize { mask: mask(e, &mut reader)? },
        "resample" => {
            let Some((mm, span)) = reader.reals(e, "voxel")? else {
                return reader.missing(e, "voxel", "the size of a voxel, for example resample(1mm)");
            };
            if mm.iter().any(|v| *v <= 0.0) || !matches!(mm.len(), 1 | 3) {
                return e.fail(
                    Diagnostic::error(Code::WrongArgument, span, "a voxel has one size, or three, above 0 mm")
                        .hint("for example resample(1mm) or resample([1mm, 1mm, 2mm])"),
                );
            }
            ImageStep::Resample { voxel_mm: mm, interpolation: interpolation(e, &mut reader)? }
        }
        "resize" => ImageStep::Resize { interpolation: interpolation(e, &mut reader)? },
        "crop" => match centred::around(e, &mut reader, cohort)? {
            Some(step) => step,
            None => match between(e, &mut reader)? {
                Some(axes) => ImageStep::Between { axes },
                None => {
                    let (at, size) = window(e, &mut reader)?;
                    ImageStep::Crop { at, size }
                }
            },
        },
        "views" => {
            let average = match reader.choice(e, "average")? {
                "probabilities" => ViewAverage::Probabilities,
                _ => ViewAverage::Outputs,
            };
            let mut views = Vec::new();
            for (name, value) in reader.named_rest() {
                let Some(inner) = call_parts(value).filter(|p| p.receiver.is_none() && p.name == "crop") else {
                    return e.fail(
                        Diagnostic::error(Code::Step, value.span, "a view is a crop")
                            .hint("for example left: crop(at: [20, 30, 20], size: [64, 96, 64])"),
                    );
                };
                let mut inner = Reader::of(&inner);
                let (at, size) = window(e, &mut inner)?;
                let flip = axis(e, &mut inner, "flip")?;
                inner.finish(e)?;
                views.push(View { name: name.text.clone(), at, size, flip });
            }
            if views.len() < 2 {
                return reader.missing(e, "views", "name at least two: views(left: crop(..), right: crop(..))");
            }
            ImageStep::Views { views, average }
        }
        "smooth" => ImageStep::Smooth { fwhm_mm: reader.number(e, "fwhm")? },
        "labels" => {
            let mut values = Vec::new();
            for expr in reader.rest() {
                let value = e.eval(expr)?;
                match value {
                    crate::compile::value::Value::Int(i) => values.push(i),
                    crate::compile::value::Value::List(items) => {
                        for item in items.iter() {
                            match item {
                                crate::compile::value::Value::Int(i) => values.push(*i),
                                other => return e.expected("a whole number", other, expr.span),
                            }
                        }
                    }
                    other => return e.expected("the numbers of labels", &other, expr.span),
                }
            }
            if values.is_empty() {
                return reader.missing(e, "values", "the numbers that the labels have in the file: labels(1, 2)");
            }
            ImageStep::Labels { values }
        }
        // The last of the table: `adjacent`.
        _ => match reader.whole(e, "slices")? {
            slices if slices % 2 == 1 => ImageStep::Adjacent { slices },
            _ => {
                return e.fail(
                    Diagnostic::error(Code::WrongArgument, parts.span, "`adjacent` takes an odd number of slices")
                        .hint("the slice itself and as many on either side: adjacent(3)"),
                );
            }
        },
    };
    reader.finish(e)?;
    Ok(step)
}

fn mask(e: &mut Evaluator<'_>, reader: &mut Reader<'_>) -> Eval<ImageMask> {
    Ok(match reader.choice(e, "mask")? {
        "all" => ImageMask::All,
        "above_mean" => ImageMask::AboveMean,
        // Skull-stripped images are zero outside the brain.
        _ => ImageMask::Nonzero,
    })
}

fn interpolation(e: &mut Evaluator<'_>, reader: &mut Reader<'_>) -> Eval<Interpolation> {
    Ok(match reader.choice(e, "interpolation")? {
        "nearest" => Interpolation::Nearest,
        _ => Interpolation::Linear,
    })
}

fn window(e: &mut Evaluator<'_>, reader: &mut Reader<'_>) -> Eval<(Vec<i64>, Vec<usize>)> {
    let (Some((at, at_span)), Some((size, size_span))) = (reader.ints(e, "at")?, reader.ints(e, "size")?) else {
        return reader.missing(e, "at` and `size", "for example crop(at: [20, 30, 20], size: [64, 96, 64])");
    };
    let extents: Vec<usize> = size.iter().filter_map(|s| usize::try_from(*s).ok()).filter(|s| *s > 0).collect();
    if at.len() != size.len() || extents.len() != size.len() || !matches!(at.len(), 2 | 3) {
        return e.fail(
            Diagnostic::error(
                Code::WrongArgument,
                size_span,
                "`at` and `size` take as many numbers as the image has axes, sizes above 0",
            )
            .also(at_span, "where it begins")
            .hint("for example crop(at: [20, 30, 20], size: [64, 96, 64])"),
        );
    }
    Ok((at, extents))
}

/// First voxel and the one behind the last, along sagittal, coronal and axial axes; `None`: the whole axis.
type Ranges = [Option<(i64, i64)>; 3];

/// `crop(axial: 40..-40)`: ranges along axes of the body; `None` where there are none.
fn between(e: &mut Evaluator<'_>, reader: &mut Reader<'_>) -> Eval<Option<Ranges>> {
    let mut axes = [None; 3];
    for (axis, name) in axes.iter_mut().zip(["sagittal", "coronal", "axial"]) {
        let Some(expr) = reader.named(name) else { continue };
        let value = e.eval(expr)?;
        let Value::Range(range) = &value else {
            return reader.wrong(e, name, "a range of voxels such as 40..-40", &value, expr.span);
        };
        let (start, end) = (range.start, range.end);
        if !range.whole || start.abs().max(end.abs()) > MOST_VOXELS {
            return reader.wrong(e, name, "a range of whole numbers such as 40..-40", &value, expr.span);
        }
        // `10..=-1` goes to the last voxel, and `10..-1` to the one before it.
        let behind = end as i64 + i64::from(range.inclusive) - i64::from(end < 0.0);
        // Of two ends that are counted from the same side it is known which comes first.
        if (start < 0.0) == (behind < 0) && start as i64 - i64::from(start < 0.0) >= behind {
            let message = format!("the range of `{name}` holds no voxel");
            return e.fail(
                Diagnostic::error(Code::WrongArgument, expr.span, message)
                    .hint("the end stands behind the start; what is negative counts from the end: 40..-40")
                    .repairs((end < start).then(|| repair::written(expr.span, &format!("{end}..{start}")))),
            );
        }
        *axis = Some((start as i64 - i64::from(start < 0.0), behind));
    }
    Ok(axes.iter().any(Option::is_some).then_some(axes))
}

/// The channels that the steps make of one volume; `None` where they leave the number as it is.
pub(super) fn channels(steps: &[ImageStep]) -> Option<usize> {
    steps.iter().rev().find_map(|step| match step {
        ImageStep::Labels { values } => Some(values.len()),
        ImageStep::Adjacent { slices } => Some(*slices),
        _ => None,
    })
}

/// Whether an expression is a bare word.
pub(super) fn is_word(expr: &Expr, word: &str) -> bool {
    matches!(&expr.kind, ExprKind::Name(name) if name == word)
}

/// An axis of the body by its name.
pub(super) fn axis(e: &mut Evaluator<'_>, reader: &mut Reader<'_>, name: &'static str) -> Eval<Option<AxisName>> {
    Ok(reader.word(e, name, &["sagittal", "coronal", "axial"])?.map(axis_named))
}

/// The axis of the body that a word names.
pub(super) fn axis_named(word: &str) -> AxisName {
    match word {
        "coronal" => AxisName::Coronal,
        "axial" => AxisName::Axial,
        _ => AxisName::Sagittal,
    }
}
