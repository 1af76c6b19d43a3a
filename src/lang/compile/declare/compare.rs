//! `compare`: models of one program side by side.
//!
//! ```text
//!  compare m against ridge, forest: mae     the reference m, and what is compared with it
//!  compare ridge, forest on holdout: mae    the first is the reference
//! ```
//!
//! Models can be compared where each is judged by the same metric on the same people: every one has a score of it, and none
//! needs an input that another does without.

use super::judged::judged;
use super::sweep::paired_test;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, all};
use crate::compile::repair;
use crate::graph::{InputId, NodeId};
use crate::program::{ComparedScores, Metric, ModelComparison, PairedTest, Protocol, Score, ScorePair, Subset};
use fascicle_syntax::{ClauseValue, DeclarationKind, Expr, Fix, Name, Span, nearest};

/// A declaration, as it stands in the file.
pub(in crate::compile) struct Declared<'a> {
    pub of: &'a [Expr],
    pub against: &'a [Expr],
    pub on: Option<&'a Name>,
    pub items: &'a [ClauseValue],
}

/// An output that is compared.
struct Output {
    /// As the file spells it.
    text: String,
    span: Span,
    model: usize,
    nodes: Vec<NodeId>,
}

/// On whom models are compared.
struct Judged {
    on: Subset,
    cohort: Option<String>,
}

impl Judged {
    fn name(&self) -> &str {
        self.cohort.as_deref().unwrap_or_else(|| self.on.name())
    }

    /// What stands between a model and the colon.
    fn spelled(&self) -> String {
        if self.cohort.is_none() && self.on == Subset::Test { String::new() } else { format!(" on {}", self.name()) }
    }
}

/// Compiles a comparison.
pub(in crate::compile) fn compare(
    e: &mut Evaluator<'_>,
    declared: &Declared<'_>,
    protocol: &Protocol,
    trained: &[String],
    scores: &[Score],
) -> Eval<ModelComparison> {
    let outputs = outputs(e, declared)?;
    let (on, cohort) =
        judged(e, (declared.on, declared.of.first().map_or_else(Default::default, |of| of.span)), protocol, trained)?;
    let judged = Judged { on, cohort };
    let test = test(e, declared)?;
    let found = all(declared.items.iter().map(|item| compared(e, item, &outputs, &judged, scores)))?;
    let texts: Vec<String> = outputs.iter().map(|output| output.text.clone()).collect();
    let named = match (declared.against, texts.as_slice()) {
        ([_, ..], [reference, others @ ..]) => format!("{reference} against {}", others.join(", ")),
        _ => texts.join(", "),
    };
    let items = found.into_iter().flatten().collect();
    Ok(ModelComparison { name: format!("{named}{}", judged.spelled()), of: texts, items, test })
}

/// What is compared, the reference first: at least two, each once.
fn outputs(e: &mut Evaluator<'_>, declared: &Declared<'_>) -> Eval<Vec<Output>> {
    if let ([first, second, ..], [_, ..]) = (declared.of, declared.against) {
        let text = |expr: &Expr| e.sources.text(expr.span).to_string();
        let others: Vec<String> = declared.of[1..].iter().chain(declared.against).map(text).collect();
        let hint = format!("write: compare {} against {}: ..", text(first), others.join(", "));
        let message = "before `against` stands the reference, which is one model";
        let between = |a: Span, b: Span| Span { start: a.end, end: b.start, ..a };
        let fix = declared.of.last().zip(declared.against.first()).map(|(last, other)| {
            let against =
                Fix::new("write `against` behind the reference", between(first.span, second.span), " against ");
            against.and(between(last.span, other.span), ", ")
        });
        return e.fail(Diagnostic::error(Code::WrongArgument, second.span, message).hint(hint).repairs(fix));
    }
    let named = declared.of.iter().chain(declared.against);
    let outputs = all(named.map(|expr| {
        let (model, _, members) = e.output_members(expr)?;
        let nodes = members.iter().map(|(_, node)| *node).collect();
        Ok(Output { text: e.sources.text(expr.span).to_string(), span: expr.span, model, nodes })
    }))?;
    for (at, output) in outputs.iter().enumerate() {
        let same = |other: &&Output| other.model == output.model && other.nodes == output.nodes;
        if let Some(first) = outputs[..at].iter().find(same) {
            let message = format!("`{}` is compared with itself", output.text);
            return e.fail(
                Diagnostic::error(Code::WrongArgument, output.span, message)
                    .also(first.span, "first here")
                    .hint("name every model once")
                    .repairs(repair::without(e.sources, output.span, format!("leave out `{}`", output.text))),
            );
        }
    }
    match outputs.as_slice() {
        [one] => {
            let known: Vec<&str> =
                e.models.iter().enumerate().filter(|(at, _)| *at != one.model).map(|(_, m)| m.name.as_str()).collect();
            let other = known.first().copied().unwrap_or("other");
            let hint = format!("name at least two: compare {} against {other}: ..", one.text);
            let message = format!("`{}` is compared with nothing", one.text);
            let end = Span { start: one.span.end, ..one.span };
            let fixes = known
                .iter()
                .take(3)
                .map(|name| Fix::new(format!("add `against {name}`"), end, format!(" against {name}")));
            let fixes: Vec<Fix> = fixes.collect();
            e.fail(Diagnostic::error(Code::WrongArgument, one.span, message).hint(hint).repairs(fixes))
        }
        _ => Ok(outputs),
    }
}

/// The test of all that is compared; it stands behind one of the metrics.
fn test(e: &mut Evaluator<'_>, declared: &Declared<'_>) -> Eval<PairedTest> {
    let mut asked: Option<(PairedTest, Span)> = None;
    for (link, what) in declared.items.iter().flat_map(|item| &item.links) {
        if link.text != "with" {
            let (word, value) = (&link.text, e.sources.text(what.span).to_string());
            let hint = match word.as_str() {
                "on" => format!("say it before the colon: compare m, other on {value}: mae"),
                "against" => "name the reference before the colon: compare m against other: mae".to_owned(),
                _ => "it has `with`: compare m, other: mae with wilcoxon".to_owned(),
            };
            let message = format!("a metric that is compared has no `{word}`");
            let left_out = repair::without_words(e.sources, link.span.to(what.span));
            let last = declared.against.last().or(declared.of.last()).map(|of| Span { start: of.span.end, ..of.span });
            let fix = match (word.as_str(), declared.on, last, left_out) {
                ("on", None, Some(end), Some(left_out)) => Some(Fix {
                    title: format!("write `on {value}` before the colon"),
                    ..left_out.and(end, format!(" on {value}"))
                }),
                (_, _, _, left_out) => left_out,
            };
            return e.fail(Diagnostic::error(Code::UnknownClause, link.span, message).hint(hint).repairs(fix));
        }
        let test = paired_test(e, what)?;
        if let Some((_, first)) = asked.filter(|(other, _)| *other != test) {
            return e.fail(
                Diagnostic::error(Code::WrongArgument, what.span, "a comparison has one test for all its metrics")
                    .also(first, "the other")
                    .hint("write another `compare` for the second")
                    .repairs(repair::without_words(e.sources, link.span.to(what.span))),
            );
        }
        asked = Some((test, what.span));
    }
    Ok(asked.map_or(PairedTest::CorrectedT, |(test, _)| test))
}

/// The scores that a metric is compared by: one entry for each way in which all models are scored by it.
fn compared(
    e: &mut Evaluator<'_>,
    item: &ClauseValue,
    outputs: &[Output],
    judged: &Judged,
    scores: &[Score],
) -> Eval<Vec<ComparedScores>> {
    let span = item.value.span;
    let metric = e.sources.text(span).to_string();
    if metric == Metric::Confusion.name() {
        let message = "`confusion` is a table, and models are compared by numbers";
        let hint = "compare what is counted from it: accuracy, balanced_accuracy, f1";
        let own = scores.iter().filter(|s| outputs.first().is_some_and(|first| is_of(s, first)));
        let number = own.flat_map(|s| &s.metrics).find(|m| **m != Metric::Confusion);
        let fix = number.map(|metric| repair::written(span, &metric.name())).or_else(|| scored(e, span));
        return e.fail(Diagnostic::error(Code::KindMismatch, span, message).hint(hint).repairs(fix));
    }
    let mut of_outputs: Vec<Vec<usize>> = Vec::with_capacity(outputs.len());
    for output in outputs {
        let fits = |score: &Score| {
            is_of(score, output)
                && score.on == judged.on
                && score.cohort == judged.cohort
                && score.metrics.iter().any(|m| m.name() == metric.as_str())
        };
        let found: Vec<usize> = (0..scores.len()).filter(|at| fits(&scores[*at])).collect();
        if found.is_empty() {
            return not_scored(e, (&metric, span), output, judged, scores);
        }
        of_outputs.push(found);
    }
    let Some(([reference, others], of_reference)) =
        outputs.split_first().map(|(first, rest)| ([std::slice::from_ref(first), rest], of_outputs[0].clone()))
    else {
        return Ok(Vec::new());
    };
    let mut items = Vec::new();
    for first in of_reference {
        let alike = |at: &&usize| is_alike(&scores[**at], &scores[first], &metric);
        let partners: Option<Vec<usize>> =
            of_outputs[1..].iter().map(|found| found.iter().find(alike).copied()).collect();
        let Some(partners) = partners else { continue };
        for (at, output) in partners.iter().zip(others) {
            same_people(e, (&scores[first], &reference[0]), (&scores[*at], output))?;
        }
        items.push(ComparedScores { metric: metric.clone(), scores: [vec![first], partners].concat() });
    }
    if items.is_empty() {
        let names: Vec<&str> = outputs.iter().map(|output| output.text.as_str()).collect();
        let message = format!("`{metric}` is taken of these models in different ways");
        let hint = format!("score them together: score {}{}: {metric}", names.join(", "), judged.spelled());
        return e.fail(Diagnostic::error(Code::ComparedApart, span, message).hint(hint));
    }
    Ok(items)
}

/// `confusion` where it is scored and where it is compared, as the accuracy that is counted from it.
fn scored(e: &Evaluator<'_>, compared: Span) -> Option<Fix> {
    let scores = e.unit.declarations.iter().filter_map(|d| match &d.declaration.kind {
        DeclarationKind::Score { items, .. } => Some(items),
        _ => None,
    });
    let places = scores
        .flatten()
        .map(|item| item.value.span)
        .filter(|span| span.source == compared.source && e.sources.text(*span) == Metric::Confusion.name());
    let fix = Fix::new("score and compare the accuracy", compared, "accuracy");
    let fix = places.fold(fix, |fix, at| fix.and(Span { start: at.end, ..at }, ", accuracy"));
    (fix.edits.len() > 1).then_some(fix)
}

/// The pairs of a score in which nothing is left out.
fn complete(score: &Score) -> impl Iterator<Item = &ScorePair> {
    score.pairs.iter().filter(|pair| pair.without.is_none())
}

fn is_of(score: &Score, output: &Output) -> bool {
    let nodes = complete(score).map(|pair| pair.prediction);
    score.ensemble.is_none() && score.model == output.model && nodes.eq(output.nodes.iter().copied())
}

/// Whether two scores ask the same: the metric with its options, of the same groups and classes.
fn is_alike(a: &Score, b: &Score, metric: &str) -> bool {
    let asked = |score: &Score| score.metrics.iter().copied().find(|m| m.name() == metric);
    asked(a) == asked(b) && a.within == b.within && a.each_class == b.each_class
}

fn not_scored<T>(
    e: &mut Evaluator<'_>,
    (metric, span): (&str, Span),
    output: &Output,
    judged: &Judged,
    scores: &[Score],
) -> Eval<T> {
    let own =
        scores.iter().filter(|score| is_of(score, output)).flat_map(|score| score.metrics.iter().map(|m| m.name()));
    let names: Vec<_> = own.collect();
    let known: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let on = judged.spelled();
    let near = nearest(metric, &known).filter(|near| *near != metric && Metric::ALL.iter().all(|(m, _)| *m != metric));
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("add: score {}{on}: {metric}", output.text),
    };
    let message = format!("nothing scores `{metric}` of `{}` on {}", output.text, judged.name());
    let fix = match near {
        Some(near) => Some(repair::written(span, near)),
        None => repair::with_line(e.sources, span, &format!("score {}{on}: {metric}", output.text)),
    };
    e.fail(
        Diagnostic::error(Code::ComparedApart, span, message)
            .also(output.span, "which is compared here")
            .hint(hint)
            .repairs(fix),
    )
}

/// Both must be judged by the same truth, on people who have all that either needs.
fn same_people(e: &mut Evaluator<'_>, a: (&Score, &Output), b: (&Score, &Output)) -> Eval<()> {
    let truths = |score: &Score| complete(score).map(|pair| pair.truth).collect::<Vec<_>>();
    let name = |e: &Evaluator<'_>, input: InputId| e.graph.inputs[input.index()].name.clone();
    let ((reference, first), (other, second)) = (a, b);
    if truths(reference) != truths(other) {
        let of = |e: &Evaluator<'_>, score: &Score| {
            truths(score).iter().map(|truth| format!("`{}`", name(e, *truth))).collect::<Vec<_>>().join(", ")
        };
        let message =
            format!("`{}` is judged by {}, `{}` by {}", first.text, of(e, reference), second.text, of(e, other));
        return e.fail(
            Diagnostic::error(Code::ComparedApart, second.span, message)
                .also(first.span, "the reference")
                .hint("models are compared by how well they predict the same"),
        );
    }
    for (one, another) in complete(reference).zip(complete(other)) {
        let (has, needs) = (&e.ty(one.prediction).presence, &e.ty(another.prediction).presence);
        let Some(input) = has.symmetric_difference(needs).next().copied() else { continue };
        let (needy, without) = if needs.contains(&input) { (second, first) } else { (first, second) };
        let (input_name, declared) = (name(e, input), e.input_spans[input.index()]);
        let message = format!("`{}` and `{}` are not judged on the same people", first.text, second.text);
        return e.fail(
            Diagnostic::error(Code::ComparedApart, second.span, message)
                .also(declared, "some people lack it")
                .hint(format!(
                    "`{}` needs `{input_name}` and `{}` does without it: declare it without `?`, so that whoever lacks it is left out of both",
                    needy.text, without.text
                )).repairs(e.sources.text(declared).ends_with('?').then(|| Fix::new("declare it without `?`", Span { start: declared.end - 1, ..declared }, ""))),
        );
    }
    Ok(())
}
