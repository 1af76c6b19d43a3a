//! The arguments of an analysis, parameter by parameter.

use super::super::protocol::in_protocol;
use super::functions::Takes;
use super::{Context, FUNCTIONS, given, image, packed, people, values};
use crate::compile::code::Code;
use crate::compile::declare::judged::subset_named;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, Reported};
use crate::compile::reader::Reader;
use crate::compile::repair;
use crate::compile::value::Value;
use crate::compile::world::TableProblemKind;
use crate::graph::Kind;
use crate::program::{AnalysisKind, Argument, Correction};
use fascicle_syntax::{BinaryOp, DeclarationKind, Expr, ExprKind, Fix, Span};
use indexmap::IndexMap;

/// All arguments, defaults included.
pub(super) fn arguments(
    e: &mut Evaluator<'_>,
    mut reader: Reader<'_>,
    context: &Context<'_>,
) -> Eval<IndexMap<String, Argument>> {
    let mut arguments: IndexMap<String, Argument> = IndexMap::new();
    let mut failed = false;
    let mut corrects = false;
    let span = reader.span;
    let first = reader.first().map(|first| first.span);
    for (parameter, takes) in context.function.parameters {
        let given = if default(*takes).is_some() { reader.named(parameter) } else { reader.positional(parameter) };
        corrects |= *takes == Takes::Correction && given.is_some();
        let argument = match (given, takes) {
            (None, _) if arguments.contains_key(*parameter) => continue,
            (None, Takes::Norm) => packed::norm(e, &reader, arguments.get("model")),
            (None, takes) => match default(*takes) {
                Some(default) => Ok(default),
                None => {
                    let hint = missing_hint(*takes).replacen(" f(", &format!(" {}(", reader.function), 1);
                    let first = first.filter(|_| matches!(takes, Takes::Groups([])));
                    let fixes: Vec<Fix> = first.map_or_else(Vec::new, |first| {
                        let end = Span { start: first.end, ..first };
                        let by = |groups: &String| Fix::new(format!("add `by {groups}`"), end, format!(" by {groups}"));
                        values::known_groups(e).iter().map(by).collect()
                    });
                    return reader.missing_with(e, parameter, &hint, fixes);
                }
            },
            // `f(x by groups)` gives two parameters at once.
            (
                Some(Expr { kind: ExprKind::Binary { op: BinaryOp::By, left, right }, span }),
                Takes::Values | Takes::Tested | Takes::Described,
            ) => {
                let Some(words) = words_of_groups(context) else {
                    return no_groups(e, context, *span);
                };
                let groups = values::groups(e, right, words, context);
                failed |= groups.is_err();
                arguments.insert("groups".into(), groups.unwrap_or(Argument::Nothing));
                match takes {
                    Takes::Tested => values::tested(e, left, context),
                    Takes::Described => values::described(e, left, context),
                    _ => values::numbers(e, left, context),
                }
            }
            (Some(expr), Takes::Centres) => {
                let parts = centres(e, expr, context);
                failed |= parts.is_err();
                let (values, groups, centre) =
                    parts.unwrap_or((Argument::Nothing, Argument::Nothing, Argument::Nothing));
                arguments.insert("groups".into(), groups);
                arguments.insert("centre".into(), centre);
                Ok(values)
            }
            (Some(expr), Takes::Predicted) => values::predicted(e, expr).map(|(output, truth)| {
                arguments.insert("truth".into(), truth);
                output
            }),
            (Some(expr), Takes::Image) => image::depended_on(e, expr, arguments.get("output")),
            (Some(expr), takes) => argument(e, &reader, (parameter, *takes), expr, context),
        };
        failed |= argument.is_err();
        arguments.insert((*parameter).to_string(), argument.unwrap_or(Argument::Nothing));
    }
    if failed {
        return Err(Reported);
    }
    reader.finish(e)?;
    let draws = matches!(arguments.get("search"), Some(Argument::Number(draws)) if *draws > 0.0);
    if context.function.kind == AnalysisKind::LogisticProbe && draws && !has_validation(context) {
        return e.fail(
            Diagnostic::error(Code::SubsetUnknown, span, "there are no validation subjects to choose the penalty on")
                .hint("give the protocol some (kfold(5, validation: 0.1)), or write `search: 0`")
                .repairs(in_protocol(e, "validation", "0.1")),
        );
    }
    // A map of thousands of tests says nothing uncorrected.
    if !corrects && matches!(arguments.get("values"), Some(Argument::Maps { .. })) {
        arguments.insert("correct".into(), Argument::Correction(Correction::Fdr));
    }
    // Where those held out test, they are who is meant.
    if context.protocol.kind.tests_on_holdout()
        && let Some(Argument::Word(on)) = arguments.get_mut("on")
        && on == "test"
    {
        *on = "holdout".to_owned();
    }
    given::warn(e, &arguments, context, span);
    Ok(arguments)
}

fn has_validation(context: &Context<'_>) -> bool {
    context.protocol.kind.validates()
}

/// What stands where nothing is given; `None` where something must be.
pub(super) fn default(takes: Takes) -> Option<Argument> {
    let word = |words: &[&str]| words.first().map(|word| Argument::Word((*word).to_owned()));
    match takes {
        Takes::Model
        | Takes::Trained
        | Takes::People
        | Takes::Norm
        | Takes::Columnwise
        | Takes::File
        | Takes::Output
        | Takes::Image
        | Takes::Tested
        | Takes::Values
        | Takes::Described
        | Takes::Predicted
        | Takes::Groups(_)
        | Takes::Centres
        | Takes::Test => None,
        Takes::Tried(Some(number), ..) => Some(Argument::Numbers(vec![number])),
        Takes::Tried(None, ..) | Takes::Within | Takes::Reference | Takes::MaybeGroups => Some(Argument::Nothing),
        Takes::Factors => Some(Argument::Above(1.0)),
        Takes::Correction => Some(Argument::Correction(Correction::None)),
        Takes::Number(number, ..) | Takes::Millimetres(number) => Some(Argument::Number(number)),
        Takes::Count(count, _) => Some(Argument::Number(count as f64)),
        Takes::Word(words) | Takes::On(words) => word(words),
        Takes::Words(words) => Some(Argument::Words(words.iter().map(|word| (*word).to_owned()).collect())),
    }
}

fn missing_hint(takes: Takes) -> &'static str {
    match takes {
        Takes::Groups(words) if !words.is_empty() => "say of what: f(x by subject)",
        Takes::Groups(_) => "say which groups: f(x by people.stage)",
        Takes::Centres => "say of what: quantiles(median(factors.scores by strata))",
        Takes::Image => "say with respect to what: smooth_grad(m.z, of: t1)",
        Takes::Output => "name an output of a model: smooth_grad(m.z, of: t1)",
        Takes::Test => "name an analysis that tests something: permutation(differ)",
        Takes::Columnwise => "name a field with a number for every column: f(regions.t, on: .., names: ..)",
        Takes::File => "the path of a file, in quotes; `fascicle doc paint` shows which",
        _ => "give it by position or by name",
    }
}

/// The words that the function's groups can be, if it compares groups.
fn words_of_groups(context: &Context<'_>) -> Option<&'static [&'static str]> {
    context.function.parameters.iter().find_map(|(name, takes)| match takes {
        Takes::Groups(words) if *name == "groups" => Some(*words),
        Takes::MaybeGroups => Some(&[][..]),
        _ => None,
    })
}

fn no_groups<T>(e: &mut Evaluator<'_>, context: &Context<'_>, span: fascicle_syntax::Span) -> Eval<T> {
    let comparing = FUNCTIONS.iter().filter(|f| f.parameters.iter().any(|(name, _)| *name == "groups"));
    let names: Vec<&str> = comparing.map(|f| f.name).collect();
    let message = format!("`{}` compares no groups", context.function.name);
    e.fail(
        Diagnostic::error(Code::WrongArgument, span, message)
            .hint(format!("{} do: kruskal_wallis(x by g)", names.join(", "))),
    )
}

fn argument(
    e: &mut Evaluator<'_>,
    reader: &Reader<'_>,
    (parameter, takes): (&'static str, Takes),
    expr: &Expr,
    context: &Context<'_>,
) -> Eval<Argument> {
    match takes {
        Takes::Model => model(e, expr),
        Takes::Trained => trained(e, expr, context),
        Takes::People | Takes::Norm => people::people(e, expr, context),
        Takes::Values => values::numbers(e, expr, context),
        Takes::Columnwise => values::columnwise(e, expr, context),
        Takes::File => file(e, expr),
        Takes::Tested => values::tested(e, expr, context),
        Takes::Described => values::described(e, expr, context),
        Takes::MaybeGroups => values::groups(e, expr, &[], context),
        Takes::Predicted => Ok(values::predicted(e, expr)?.0),
        Takes::Output => image::output(e, expr, context),
        Takes::Image => image::depended_on(e, expr, None),
        Takes::Millimetres(_) => Ok(Argument::Number(image::millimetres(e, reader, parameter, expr)?)),
        Takes::Groups(words) => values::groups(e, expr, words, context),
        Takes::Correction => correction(e, reader, expr),
        Takes::Number(_, low, high) => Ok(Argument::Number(reader.real_of(e, parameter, expr, low, high)?)),
        Takes::Count(_, least) => Ok(Argument::Number(reader.count_of(e, parameter, expr, least)? as f64)),
        Takes::Word(words) => Ok(Argument::Word(reader.word_of(e, parameter, expr, words)?.to_owned())),
        Takes::Words(words) => some_of(e, reader, (parameter, words), expr),
        Takes::On(words) => people::on(e, reader, expr, words, context),
        Takes::Tried(_, low, high) => tried(e, reader, parameter, expr, (low, high)),
        Takes::Factors => factors(e, reader, expr),
        Takes::Within => values::within(e, expr, context),
        Takes::Reference => values::numbers(e, expr, context),
        Takes::Centres => Ok(centres(e, expr, context)?.0),
        Takes::Test => test(e, expr, context),
    }
}

/// `10 in 0.5..1`: that many numbers, evenly spaced from the first on; the last is left out, or taken part with `..=`.
/// `1000 in percentile(1..99)`: percentiles; `1000 in values(1..99)`: numbers evenly spaced between two of them. One number stands
/// for itself.
fn tried(
    e: &mut Evaluator<'_>,
    reader: &Reader<'_>,
    parameter: &str,
    expr: &Expr,
    (low, high): (f64, f64),
) -> Eval<Argument> {
    let ExprKind::Binary { op: BinaryOp::In, left, right } = &expr.kind else {
        return Ok(Argument::Numbers(vec![reader.real_of(e, parameter, expr, low, high)?]));
    };
    let count = reader.count_of(e, parameter, left, 1)?;
    let called = |word: &str| match &right.kind {
        ExprKind::Call { callee, arguments } if matches!(&callee.kind, ExprKind::Name(name) if name == word) => {
            arguments.first().map(|a| &a.value)
        }
        _ => None,
    };
    let spaced = called("values");
    let inner = called("percentile").or(spaced);
    let (low, high) = if inner.is_some() { (0.0, 100.0) } else { (low, high) };
    let range = match e.eval(inner.unwrap_or(right))? {
        Value::Range(range) if range.start < range.end => range,
        other => return e.expected("a range such as 0.5..1", &other, right.span),
    };
    if range.start < low || range.end > high {
        let (message, hint) = match inner {
            Some(_) => {
                let word = if spaced.is_some() { "values" } else { "percentile" };
                ("percentiles lie between 0 and 100".to_owned(), format!("{count} in {word}(1..99)"))
            }
            None => (format!("`{parameter}` lies between {low} and {high}"), format!("{count} in {low}..{high}")),
        };
        return e.fail(
            Diagnostic::error(Code::WrongArgument, right.span, message)
                .hint(format!("for example: {parameter}: {hint}")),
        );
    }
    let steps = if range.inclusive { count.saturating_sub(1).max(1) } else { count };
    let width = range.end - range.start;
    if spaced.is_some() {
        let at = (0..count).map(|i| i as f64 / steps as f64).collect();
        return Ok(Argument::Spaced { from: range.start, to: range.end, at });
    }
    let numbers = (0..count).map(|i| range.start + width * i as f64 / steps as f64).collect();
    Ok(if inner.is_some() { Argument::Percentiles(numbers) } else { Argument::Numbers(numbers) })
}

/// `eigenvalue > 1`, or a number of factors.
fn factors(e: &mut Evaluator<'_>, reader: &Reader<'_>, expr: &Expr) -> Eval<Argument> {
    match &expr.kind {
        ExprKind::Binary { op: BinaryOp::Greater, left, right } if matches!(&left.kind, ExprKind::Name(n) if n == "eigenvalue") => {
            Ok(Argument::Above(reader.real_of(e, "keep", right, 0.0, f64::INFINITY)?))
        }
        ExprKind::Int(_) => Ok(Argument::Number(reader.count_of(e, "keep", expr, 1)? as f64)),
        _ => e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, "`keep` says how many factors stay")
                .hint("keep: eigenvalue > 1, or a number of them: keep: 3"),
        ),
    }
}

/// `median(x by g)`, `mean(x by g)`, or `x by g` for the median: values, groups, and what their middle is.
fn centres(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<(Argument, Argument, Argument)> {
    let (centre, inner) = match &expr.kind {
        ExprKind::Call { callee, arguments } => match (&callee.kind, arguments.as_slice()) {
            (ExprKind::Name(name), [only]) if matches!(name.as_str(), "median" | "mean") => {
                (name.as_str(), &only.value)
            }
            _ => ("", expr),
        },
        _ => ("median", expr),
    };
    match &inner.kind {
        ExprKind::Binary { op: BinaryOp::By, left, right } if !centre.is_empty() => {
            let (values, groups) = (values::numbers(e, left, context), values::groups(e, right, &[], context));
            Ok((values?, groups?, Argument::Word(centre.to_owned())))
        }
        _ => {
            let given = e.sources.text(expr.span);
            let fixes: Vec<Fix> = values::known_groups(e)
                .iter()
                .map(|groups| repair::written(expr.span, &format!("median({given} by {groups})")))
                .collect();
            let message = format!("`{}` needs the middle of groups here", context.function.name);
            e.fail(
                Diagnostic::error(Code::KindMismatch, expr.span, message)
                    .hint("median(x by g) or mean(x by g): quantiles(median(factors.scores by strata))")
                    .repairs(fixes),
            )
        }
    }
}

/// `differ`, `differ[t1]`: a test among the analyses.
fn test(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<Argument> {
    let (root, index) = match &expr.kind {
        ExprKind::Index { of, .. } => (of.as_ref(), Some(expr)),
        _ => (expr, None),
    };
    let names: Vec<&str> =
        FUNCTIONS.iter().filter(|f| matches!(f.kind, AnalysisKind::Test(_))).map(|f| f.name).collect();
    let hint = format!("name an analysis that is one of {}", names.join(", "));
    let declared = match &root.kind {
        ExprKind::Name(name) => e.unit.resolve(e.scope(), name).map(|at| (name, at)),
        _ => None,
    };
    let is_analysis = |at: usize| matches!(e.unit.declarations[at].declaration.kind, DeclarationKind::Analysis { .. });
    let Some((name, _)) = declared.filter(|(_, at)| is_analysis(*at)) else {
        let message = format!("`{}` is no analysis", e.sources.text(expr.span));
        return e.fail(Diagnostic::error(Code::KindMismatch, expr.span, message).hint(hint));
    };
    let analysis = values::member(e, name, root.span, index, context)?;
    if !matches!(analysis.kind, AnalysisKind::Test(_)) {
        let message = format!("`{}` tests nothing that labels could be shuffled for", analysis.name);
        return e.fail(Diagnostic::error(Code::KindMismatch, expr.span, message).hint(hint));
    }
    if matches!(analysis.arguments.get("values"), Some(Argument::Maps { .. })) {
        let message = format!("`{}` tests maps, and labels are shuffled for columns only", analysis.name);
        return e.fail(
            Diagnostic::error(Code::KindMismatch, expr.span, message)
                .hint("voxels are corrected where they are tested: correct: fdr, or fdr_by, holm, bonferroni"),
        );
    }
    Ok(Argument::Analysis(analysis.name.clone()))
}

fn model(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Argument> {
    match e.eval(expr)? {
        Value::Model(model) => {
            let nodes: Vec<_> =
                e.models[model].outputs.iter().flat_map(|o| o.members.iter().map(|(_, n)| *n)).collect();
            // What a packed model was compared with where it was trained, it is compared with here.
            for node in &nodes {
                if e.ty(*node).kind != Kind::Tensor && e.ty(*node).kind != Kind::Normal {
                    continue;
                }
                e.packed_truth(model, *node, expr.span)?;
            }
            e.read.extend(nodes);
            Ok(Argument::Model(model))
        }
        other => e.expected("a model", &other, expr.span),
    }
}

/// The path of a file, which is looked for where this world has files.
fn file(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Argument> {
    let path = match e.eval(expr)? {
        Value::Text(path) => path.to_string(),
        other => return e.expected("the path of a file in quotes", &other, expr.span),
    };
    match e.tables.file(&path) {
        Ok(()) => {}
        Err((TableProblemKind::Unknown, _)) => {}
        Err((kind, why)) => {
            let code = if kind == TableProblemKind::NotHere { Code::DataNotHere } else { Code::FileMissing };
            let told = Diagnostic::error(code, expr.span, format!("`{path}`: {why}"))
                .hint("a path is relative to the folder in which the command runs");
            if !code.is_warning() {
                return e.fail(told);
            }
            e.diagnostics.push(told);
        }
    }
    Ok(Argument::File(path))
}

/// A model whose loss on the validation subjects is asked.
fn trained(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<Argument> {
    let value = e.eval(expr)?;
    let Value::Model(model) = value else { return e.expected("a model", &value, expr.span) };
    let name = e.models[model].name.clone();
    let trains = |kind: &DeclarationKind| matches!(kind, DeclarationKind::Train { model, .. } if model.text == name);
    if !e.unit.declarations.iter().any(|d| d.scope == 0 && trains(&d.declaration.kind)) {
        let trained = e.unit.declarations.iter().filter(|d| d.scope == 0).filter_map(|d| match &d.declaration.kind {
            DeclarationKind::Train { model, .. } => Some(repair::written(expr.span, &model.text)),
            _ => None,
        });
        let fixes: Vec<Fix> = trained.take(repair::FEW).collect();
        let message = format!("no stage trains `{name}`, and the loss of its last stage is asked");
        return e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, message)
                .hint(format!("train it: train {name} {{ minimize .. }}, or ask of a model that is trained"))
                .repairs(fixes),
        );
    }
    subset_named(e, "validation", expr.span, context.protocol)?;
    Ok(Argument::Trained(model))
}

fn correction(e: &mut Evaluator<'_>, reader: &Reader<'_>, expr: &Expr) -> Eval<Argument> {
    let word = reader.word_of(e, "correct", expr, &["none", "fdr", "fdr_by", "bonferroni", "holm"])?;
    Ok(Argument::Correction(match word {
        "fdr" => Correction::Fdr,
        "fdr_by" => Correction::FdrBy,
        "bonferroni" => Correction::Bonferroni,
        "holm" => Correction::Holm,
        _ => Correction::None,
    }))
}

/// `[l1, l2]`, or one word.
fn some_of(
    e: &mut Evaluator<'_>,
    reader: &Reader<'_>,
    (parameter, words): (&'static str, &[&'static str]),
    expr: &Expr,
) -> Eval<Argument> {
    let items = match &expr.kind {
        ExprKind::List(items) if !items.is_empty() => items.as_slice(),
        _ => std::slice::from_ref(expr),
    };
    let mut chosen: Vec<String> = Vec::new();
    for item in items {
        let word = reader.word_of(e, parameter, item, words)?;
        if chosen.iter().any(|known| known == word) {
            let message = format!("`{word}` is listed twice");
            return e.fail(Diagnostic::error(Code::TwiceDeclared, item.span, message).hint("once is enough"));
        }
        chosen.push(word.to_owned());
    }
    Ok(Argument::Words(chosen))
}
