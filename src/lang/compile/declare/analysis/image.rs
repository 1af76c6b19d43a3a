//! What a saliency is of: an output of a model, the image it depends on, and lengths in that image's space.

use super::Context;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::Reader;
use crate::compile::repair;
use crate::compile::value::Value;
use crate::graph::{InputId, Kind};
use crate::program::{Argument, ImageStep, InputSource, SpatialKind};
use fascicle_syntax::Expr;

/// One output of a model, or one member of a family of them: a vector, or one number.
pub(super) fn output(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<Argument> {
    let (model, output, members) = e.output_members(expr)?;
    e.read.extend(members.iter().map(|(_, node)| *node));
    let spelled = e.sources.text(expr.span).to_owned();
    let [(_, node)] = members.as_slice() else {
        let keys: Vec<&str> = members.iter().map(|(key, _)| key.as_str()).collect();
        let message = format!("`{spelled}` is a family, and `{}` needs one output", context.function.name);
        return e.fail(
            Diagnostic::error(Code::KindMismatch, expr.span, message)
                .hint(format!("pick one: {spelled}[{}]", keys.join(&format!("], {spelled}["))))
                .repairs(
                    keys.iter()
                        .take(4)
                        .map(|key| repair::written(expr.span, &format!("{spelled}[{key}]")))
                        .collect::<Vec<_>>(),
                ),
        );
    };
    let ty = e.ty(*node).clone();
    let refused = match ty.kind {
        Kind::Normal => Some("make its mean an output: output centre = q.mean"),
        Kind::Class(_) | Kind::Mask(_) => Some("name an output with numbers"),
        Kind::Tensor if !ty.batched => Some("name an output that everybody has by themselves"),
        Kind::Tensor if ty.shape.len() > 1 => Some("make an output of what is pooled: x |> global_avg_pool"),
        Kind::Tensor => None,
    };
    if let Some(hint) = refused {
        let what = if ty.batched { ty.to_string() } else { "one number for the whole batch".to_owned() };
        let message =
            format!("`{spelled}` is {what}, and `{}` needs a vector or one number a person", context.function.name);
        return e.fail(Diagnostic::error(Code::KindMismatch, expr.span, message).hint(hint));
    }
    Ok(Argument::Output { model, output, members })
}

/// An image with axes in the world that the output depends on.
pub(super) fn depended_on(e: &mut Evaluator<'_>, expr: &Expr, output: Option<&Argument>) -> Eval<Argument> {
    let value = e.eval(expr)?;
    let Value::Input(input) = value else { return e.expected("a modality", &value, expr.span) };
    let images = images_of(e, output);
    if let Some(problem) = unfit(e, input) {
        let message = format!("`{}` {problem}", e.inputs[input].name);
        let hint = match images.as_slice() {
            [] => "name a volume: modality t1: volume[1, 64, 64, 64] = ..".to_owned(),
            images => format!("of: {}", images.join(", of: ")),
        };
        let declared = e.input_spans[input];
        return e.fail(
            Diagnostic::error(Code::KindMismatch, expr.span, message)
                .also(declared, "declared here")
                .hint(hint)
                .repairs(images.iter().take(4).map(|image| repair::written(expr.span, image)).collect::<Vec<_>>()),
        );
    }
    // Where the output is broken, its own error is enough.
    if let Some(Argument::Output { model, output: name, .. }) = output
        && !inputs_of(e, output).contains(&input)
    {
        let model = &e.models[*model].name;
        let spelled = if name.is_empty() || name == model { model.clone() } else { format!("{model}.{name}") };
        let hint = match images.as_slice() {
            [] => "name an output of a model that reads it".to_owned(),
            [first, ..] => format!("it depends on {}: smooth_grad({spelled}, of: {first})", images.join(", ")),
        };
        let message = format!("`{spelled}` does not depend on `{}`", e.inputs[input].name);
        return e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, message)
                .hint(hint)
                .repairs(images.iter().take(4).map(|image| repair::written(expr.span, image)).collect::<Vec<_>>()),
        );
    }
    Ok(Argument::Image(InputId(input as u32)))
}

/// Why there can be no map of an input.
fn unfit(e: &Evaluator<'_>, input: usize) -> Option<&'static str> {
    let InputSource::Image { kind, steps, .. } = &e.inputs[input].source else {
        return Some("has no axes in the world, and a map needs them");
    };
    if !matches!(e.graph.inputs[input].ty.kind, Kind::Tensor) {
        Some("holds labels, and nothing can be said of an image a little different from it")
    } else if *kind == SpatialKind::Slices {
        Some("is cut into slices, of which each has an output of its own")
    } else if steps.iter().any(|step| matches!(step, ImageStep::Views { .. })) {
        Some("is looked at in several views, which have no grid in common")
    } else {
        None
    }
}

/// The inputs that an output depends on.
fn inputs_of(e: &Evaluator<'_>, output: Option<&Argument>) -> Vec<usize> {
    let Some(Argument::Output { members, .. }) = output else { return Vec::new() };
    let live = e.graph.live(members.iter().map(|(_, node)| *node));
    e.graph.live_inputs(&live).into_iter().map(InputId::index).collect()
}

/// Those of them of which there can be a map.
fn images_of(e: &Evaluator<'_>, output: Option<&Argument>) -> Vec<String> {
    let fit = inputs_of(e, output).into_iter().filter(|input| unfit(e, *input).is_none());
    fit.map(|input| e.inputs[input].name.clone()).collect()
}

/// `1.5mm`; a plain number is one of mm too.
pub(super) fn millimetres(
    e: &mut Evaluator<'_>,
    reader: &Reader<'_>,
    parameter: &'static str,
    expr: &Expr,
) -> Eval<f64> {
    match e.eval(expr)? {
        Value::Quantity(mm, unit) if &*unit == "mm" && mm.is_finite() && mm >= 0.0 => Ok(mm),
        value => match value.as_real() {
            Some(mm) if mm.is_finite() && mm >= 0.0 => Ok(mm),
            _ => reader.wrong(e, parameter, "a length of at least 0mm, such as 1.5mm", &value, expr.span),
        },
    }
}
