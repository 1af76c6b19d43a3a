//! A target that models are trained on in another unit: `target age: real = column("age") |> standardize`.
//!
//! What is predicted of it is brought back before anything is scored, so that only steps which can be undone may stand there.

use super::entry::{Chapter, find, names};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::{Reader, call_parts, unknown_function};
use crate::compile::repair;
use crate::graph::{Kind, NodeId};
use crate::program::{ColumnStep, Program};
use fascicle_syntax::{DeclarationKind, Expr, Fix};

/// The steps behind `column(..)`, of a target that is a real.
pub(super) fn steps(e: &mut Evaluator<'_>, steps: &[&Expr], word: &str, is_target: bool) -> Eval<Vec<ColumnStep>> {
    let Some(first) = steps.first() else { return Ok(Vec::new()) };
    if word == "class" {
        return e.fail(
            Diagnostic::error(Code::Step, first.span, "a class is read as it is")
                .hint("steps change numbers: declare a real, or columns: c.columns(age |> standardize)")
                .repairs(repair::without_stage(e.sources, first.span)),
        );
    }
    if !is_target {
        return e.fail(
            Diagnostic::error(Code::Step, first.span, "of single numbers a target alone has steps")
                .hint("for scaled columns declare a vector: c.columns(age |> standardize)")
                .repairs(repair::without_stage(e.sources, first.span)),
        );
    }
    let mut done = Vec::with_capacity(steps.len());
    for step in steps {
        let next = self::step(e, step)?;
        if next == ColumnStep::Log
            && let Some(before) = steps.get(done.len().wrapping_sub(1))
        {
            return e.fail(
                Diagnostic::error(Code::Step, step.span, "a logarithm of scaled numbers: some of them are not above 0")
                    .also(before.span, "scales them")
                    .hint("take the logarithm first: column(\"age\") |> log |> standardize")
                    .repair(
                        Fix::new("take the logarithm first", before.span, e.sources.text(step.span))
                            .and(step.span, e.sources.text(before.span))
                            .certain(),
                    ),
            );
        }
        done.push(next);
    }
    Ok(done)
}

fn step(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<ColumnStep> {
    const UNDONE: &str = "`standardize`, `minmax` and `log` can be undone";
    let Some(parts) = call_parts(expr).filter(|parts| parts.receiver.is_none()) else {
        return e.fail(Diagnostic::error(Code::Step, expr.span, "expected a step for a target").hint(UNDONE));
    };
    let Some(entry) = find(Chapter::ColumnStep, parts.name) else {
        if find(Chapter::ImageStep, parts.name).is_some() {
            let message = format!("`{}` is a step of images, this is a target", parts.name);
            return e.fail(
                Diagnostic::error(Code::Step, parts.name_span, message)
                    .hint(UNDONE)
                    .repair(repair::written(expr.span, "standardize")),
            );
        }
        let known = names(Chapter::ColumnStep);
        return unknown_function(e, Code::Step, "step for a target", parts.name, parts.name_span, &known);
    };
    let step = match parts.name {
        "standardize" => ColumnStep::Standardize,
        "minmax" => ColumnStep::MinMax,
        "log" => ColumnStep::Log,
        name => {
            let message = format!("`{name}` cannot be undone, and what is predicted is told in the unit of the column");
            let hint = match name {
                "bins" | "onehot" => {
                    format!("{UNDONE}; groups of a number are a class: give the table a column of them")
                }
                _ => format!("{UNDONE}; write `{name}` in what the model reads: c.columns(.. |> {name}(..))"),
            };
            return e.fail(
                Diagnostic::error(Code::StepNotUndone, parts.name_span, message)
                    .hint(hint)
                    .repairs(repair::without_stage(e.sources, expr.span)),
            );
        }
    };
    Reader::by(&parts, entry).finish(e)?;
    Ok(step)
}

/// Views whose probabilities are averaged are read by something that predicts classes.
pub(in crate::compile) fn views(e: &mut Evaluator<'_>, program: &Program) -> Eval<()> {
    for (at, spec) in program.inputs.iter().enumerate().filter(|(_, spec)| spec.source.averages_probabilities()) {
        let nodes: Vec<NodeId> =
            program.models.iter().flat_map(|model| &model.outputs).flat_map(|o| &o.members).map(|(_, n)| *n).collect();
        let reads = |node: &&NodeId| {
            let live = program.graph.live([**node]);
            program.graph.live_inputs(&live).iter().any(|input| input.index() == at)
        };
        let mut readers = nodes.iter().filter(reads).peekable();
        if readers.peek().is_some() && readers.all(|node| program.classes_of(*node).is_none()) {
            let message = format!(
                "the views of `{}` average probabilities, and nothing that reads it predicts classes",
                spec.name
            );
            let hint = "leave out `average: probabilities`: numbers are averaged as they are";
            let source = e.unit.declarations.iter().find_map(|d| match &d.declaration.kind {
                DeclarationKind::Input { name, source, .. } if name.text == spec.name => Some(source.span),
                _ => None,
            });
            let place = source.and_then(|source| repair::word_in(e.sources, source, "average"));
            let fix = place.and_then(|place| repair::without_item(e.sources, place));
            return e.fail(Diagnostic::error(Code::WrongArgument, e.input_spans[at], message).hint(hint).repairs(fix));
        }
    }
    Ok(())
}

/// A Gaussian of a target in another unit: its mean could be brought back, its spread is one of no unit that a reader knows.
pub(in crate::compile) fn predicted(e: &mut Evaluator<'_>, program: &Program) -> Eval<()> {
    for model in &program.models {
        for (_, node) in model.outputs.iter().flat_map(|output| &output.members) {
            let Some(target) = program.unit_of(*node) else { continue };
            if program.graph.node(*node).ty.kind != Kind::Normal {
                continue;
            }
            let (name, declared) = (program.inputs[target.index()].name.clone(), e.input_spans[target.index()]);
            let origin = e.origin(*node);
            let message = format!("a Gaussian is compared with `{name}`, which is changed for training");
            return e.fail(
                Diagnostic::error(Code::StepNotUndone, origin, message)
                    .also(declared, "declared here, with steps")
                    .hint(format!("predict the mean alone (`.mean`), or read `{name}` as it is, without steps")),
            );
        }
    }
    Ok(())
}
