//! `analysis`: what is asked of predictions, tables and one another.
//!
//! ```text
//!  probe = for m in mods { logistic_probe(dim.z[m], diagnosis) }
//!     │ unrolled                 │ an entry of `functions`       │ `arguments`, `values`
//!     └──▶ Analysis `probe[t1]`, Analysis `probe[falff]`, ..
//! ```
//!
//! Each function is one entry of [`functions::FUNCTIONS`]: its name, its parameters with what they take, and the fields
//! of its result, which later analyses and `compare` can name. A field is typed: what is by subject can go where
//! numbers of subjects are needed, labels where groups are.

mod arguments;
mod deviation;
mod functions;
mod given;
mod image;
mod packed;
mod people;
mod reference;
mod values;

pub(in crate::compile) use deviation::deviations;
pub(in crate::compile) use functions::{answer_of, field_names};
pub use reference::{AnalysisReference, PRELUDE, ParameterReference, analyses};

use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::{Reader, call_parts, unknown_function};
use crate::compile::repair;
use crate::compile::value::Value;
use crate::graph::Kind;
use crate::program::{Analysis, Protocol};
use fascicle_syntax::{Expr, ExprKind, Name};
use functions::{FUNCTIONS, Function};
use std::rc::Rc;

/// What the analysis being compiled can refer to.
struct Context<'a> {
    protocol: &'a Protocol,
    /// Analyses compiled before it.
    known: &'a [Analysis],
    /// Names of the cohorts that some stage trains on.
    trained_on: &'a [String],
    function: &'static Function,
}

/// Compiles an analysis: one, or one for each turn of a loop. `known` are those compiled before it.
pub(in crate::compile) fn analysis(
    e: &mut Evaluator<'_>,
    name: &Name,
    calls: &[Expr],
    protocol: &Protocol,
    known: &[Analysis],
    trained_on: &[String],
) -> Eval<Vec<Analysis>> {
    let [call] = calls else {
        let second = calls.get(1).map_or("..", |c| e.sources.text(c.span));
        let hint = format!("declare the second by itself: analysis {}_2 = {second}", name.text);
        let place = calls.get(1).map_or(name.span, |c| c.span);
        let left_out = repair::without(e.sources, place, "declare the second by itself".into());
        let line = repair::with_line(e.sources, place, &format!("analysis {}_2 = {second}", name.text));
        let fix = left_out
            .zip(line)
            .and_then(|(fix, line)| line.edits.into_iter().next().map(|edit| fix.and(edit.span, edit.text)));
        return e
            .fail(Diagnostic::error(Code::WrongArgument, place, "an analysis asks one thing").hint(hint).repairs(fix));
    };
    let one = |e: &mut Evaluator<'_>, call: &Expr, full: String| {
        let (function, reader) = called(e, call)?;
        let arguments = arguments::arguments(e, reader, &Context { protocol, known, trained_on, function })?;
        packed::divides_nobody(e, function, &arguments, call)?;
        let spelling = e.sources.text(call.span).split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Analysis { name: full, kind: function.kind, arguments, spelling })
    };
    let ExprKind::For { names, over, filter, body } = &call.kind else {
        return Ok(vec![one(e, call, name.text.clone())?]);
    };
    let (Some(inner), []) = (&body.result, body.statements.as_slice()) else {
        let message = "the loop of an analysis holds the call of a function";
        return e.fail(
            Diagnostic::error(Code::WrongArgument, body.span, message)
                .hint("for example: for m in mods { retrieval(parts.z[m] by subject) }"),
        );
    };
    let members = members(e, over)?;
    let turns = e.turns((names, &members, over.span), filter.as_deref(), call.span, |e, key| {
        one(e, inner, format!("{}[{}]", name.text, key.join(", ")))
    })?;
    if turns.is_empty() {
        return e.fail(
            Diagnostic::error(Code::WrongArgument, over.span, "the loop has no turn, so nothing is asked")
                .hint("check the group and the filter of the `for`"),
        );
    }
    Ok(turns.into_iter().map(|(_, analysis)| analysis).collect())
}

/// What the loop goes over: anything that a `for` can go over, the classes of a target, or a list of some of them.
fn members(e: &mut Evaluator<'_>, over: &Expr) -> Eval<Value> {
    let class = |e: &Evaluator<'_>, level: &str| {
        e.graph.inputs.iter().any(|i| matches!(&i.ty.kind, Kind::Class(levels) if levels.iter().any(|l| l == level)))
    };
    if let ExprKind::List(items) = &over.kind {
        let words = items.iter().map(|item| match &item.kind {
            ExprKind::Name(word) if e.lookup(word, item.span).is_none() && class(e, word) => Some(Value::word(word)),
            _ => None,
        });
        if let Some(words) = words.collect::<Option<Vec<_>>>() {
            return Ok(Value::List(Rc::new(words)));
        }
    }
    let value = e.eval(over)?;
    if let Value::Input(input) = value
        && let Kind::Class(levels) = &e.graph.inputs[input].ty.kind
    {
        return Ok(Value::List(Rc::new(levels.iter().map(|level| Value::word(level)).collect())));
    }
    Ok(value)
}

/// The function that an expression calls, and its arguments.
fn called<'t>(e: &mut Evaluator<'_>, call: &'t Expr) -> Eval<(&'static Function, Reader<'t>)> {
    let names: Vec<&str> = FUNCTIONS.iter().map(|f| f.name).collect();
    let Some(parts) = call_parts(call).filter(|p| p.receiver.is_none()) else {
        let message = "an analysis is the call of a function";
        return e.fail(Diagnostic::error(Code::WrongArgument, call.span, message).hint(names.join(", ")));
    };
    match FUNCTIONS.iter().find(|f| f.name == parts.name) {
        Some(function) => Ok((function, Reader::of(&parts))),
        None => unknown_function(e, Code::UnknownName, "analysis", parts.name, parts.name_span, &names),
    }
}
