//! `search`: which params are looked for, within what, and what they are chosen by.
//!
//! ```text
//!  search s: rate in log(1e-4..1e-2), width in [16, 32], depth in 1..=4 { choose mae of m, trials 30 }
//!            Real, logarithmic        Choices            Whole            a Score on validation
//! ```
//!
//! A param that a sweep or `--set` sets is not looked for.

use super::entry::{Chapter, find, names};
use super::param::{coerce, spell_setting};
use super::protocol::in_protocol;
use super::score::score;
use super::sweep::{own_options, setting, swept};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, all};
use crate::compile::reader::{Reader, call_parts, unknown_entry};
use crate::compile::repair;
use crate::compile::value::{Range, Value};
use crate::program::{
    Keep, MedianPruning, Monitor, Protocol, Score, Search, SearchAxis, SearchSampler, SearchValues, Stage,
};
use fascicle_syntax::{Argument, Clause, Expr, ExprKind, Fix, Name, Span, SweepAxis, Type, TypeKind};

/// A search with the places of what it says, for what can only be told of the whole program.
pub(in crate::compile) struct Draft {
    pub search: Search,
    /// Where each axis stands.
    pub axes: Vec<Span>,
    prune: Option<Span>,
}

/// Compiles a search. Where a sweep or `--set` sets all that it looks for, it has no axis, and nothing is looked for.
pub(in crate::compile) fn search(
    e: &mut Evaluator<'_>,
    name: &Name,
    axes: &[SweepAxis],
    clauses: &[Clause],
    protocol: &Protocol,
    trained: &[String],
) -> Eval<Draft> {
    let places: Vec<Span> =
        axes.iter().filter_map(|axis| Some(axis.names.first()?.span.to(axis.values.as_ref()?.span))).collect();
    let axes = all(axes.iter().map(|axis| self::axis(e, axis)));
    let said = Said::of(e, name, clauses, protocol, trained);
    let (axes, said) = (axes?, said?);
    for (at, (param, span, _)) in axes.iter().enumerate() {
        let own_axis = places.iter().find(|place| place.start <= span.start && span.end <= place.end).copied();
        if let Some((_, first, _)) = axes[..at].iter().find(|(other, ..)| other == param) {
            let message = format!("`{param}` is looked for twice");
            return e.fail(
                Diagnostic::error(Code::TwiceDeclared, *span, message)
                    .also(*first, "first here")
                    .hint("give all that it may be in one place")
                    .repairs(own_axis.and_then(|axis| {
                        repair::without(e.sources, axis, format!("leave out `{}`", e.sources.text(axis)))
                    })),
            );
        }
    }
    let free = axes.into_iter().filter(|(param, ..)| !e.settings.contains_key(param.as_str()));
    let (mut found, mut spans) = (Vec::new(), Vec::new());
    for (param, span, values) in free {
        found.push(SearchAxis { param, values });
        spans.push(span);
    }
    let Said { judged, trials, seed, sampler, prune } = said;
    let (prune, prune_span) = (prune.map(|(prune, _)| prune), prune.map(|(_, span)| span));
    let search = Search { name: name.text.clone(), axes: found, judged, trials, seed, sampler, prune };
    Ok(Draft { search, axes: spans, prune: prune_span })
}

/// What the clauses say.
struct Said {
    judged: Score,
    trials: usize,
    seed: u64,
    sampler: SearchSampler,
    prune: Option<(MedianPruning, Span)>,
}

impl Said {
    fn of(
        e: &mut Evaluator<'_>,
        name: &Name,
        clauses: &[Clause],
        protocol: &Protocol,
        trained: &[String],
    ) -> Eval<Self> {
        let mut judged = None;
        let (mut trials, mut seed) = (None, 1);
        let (mut sampler, mut prune) = (SearchSampler::Random, None);
        let mut told: Vec<&Name> = Vec::new();
        for clause in clauses {
            let word = &clause.word;
            let Some(entry) = find(Chapter::SearchClause, &word.text) else {
                return unknown_entry(e, Code::UnknownClause, Chapter::SearchClause, &word.text, word.span);
            };
            if let Some(first) = told.iter().find(|first| first.text == word.text) {
                let message = format!("`{}` is said twice", word.text);
                return e.fail(
                    Diagnostic::error(Code::TwiceDeclared, word.span, message)
                        .also(first.span, "first here")
                        .hint("leave one of the two"),
                );
            }
            told.push(word);
            let ([value], example) = (clause.values.as_slice(), entry.example) else {
                let message = format!("`{}` takes one value", word.text);
                return e.fail(Diagnostic::error(Code::WrongArgument, word.span, message).hint("leave the others out"));
            };
            let is_link = |link: &Name| word.text == "choose" && matches!(link.text.as_str(), "of" | "against");
            if let Some((link, what)) = value.links.iter().find(|(link, _)| !is_link(link)) {
                let message = format!("`{}` has no `{}`", word.text, link.text);
                return e.fail(
                    Diagnostic::error(Code::UnknownClause, link.span, message)
                        .hint(format!("for example: {example}"))
                        .repairs(repair::without_words(e.sources, link.span.to(what.span))),
                );
            }
            let reader = Reader::new(&word.text, &[], word.span);
            match word.text.as_str() {
                "choose" => judged = Some(choose(e, value, protocol, trained)?),
                "trials" => trials = Some(reader.count_up_to(e, "", &value.value, (1, 100_000))?),
                "seed" => seed = reader.count_of(e, "", &value.value, 0)? as u64,
                "sampler" => sampler = self::sampler(e, &value.value)?,
                _ => prune = Some((pruning(e, &value.value)?, value.value.span)),
            }
        }
        let missing = |e: &mut Evaluator<'_>, what: &str, hint: &str, clause: Option<&str>| {
            let message = format!("the search `{}` has no `{what}`", name.text);
            e.fail(
                Diagnostic::error(Code::ClauseMissing, name.span, message)
                    .hint(hint)
                    .repairs(clause.and_then(|clause| repair::with_clause(e.sources, name.span, clause))),
            )
        };
        let Some(judged) = judged else {
            return missing(
                e,
                "choose",
                "say what the settings are chosen by: choose mae of m",
                usual_choice(e).as_deref(),
            );
        };
        let Some(trials) = trials else {
            return missing(e, "trials", "say how many settings are tried: trials 30", Some("trials 30"));
        };
        Ok(Self { judged, trials, seed, sampler, prune })
    }
}

/// A param, where it stands, and what it may be.
fn axis(e: &mut Evaluator<'_>, axis: &SweepAxis) -> Eval<(String, Span, SearchValues)> {
    let [name] = axis.names.as_slice() else {
        let (first, last) = (axis.names[0].span, axis.names[axis.names.len() - 1].span);
        return e.fail(
            Diagnostic::error(Code::SearchSpace, first.to(last), "a search looks for each param by itself")
                .hint("write them one after the other: rate in log(1e-4..1e-2), width in [16, 32]")
                .repairs(one_after_the_other(e, axis)),
        );
    };
    let Some(ty) = swept(e, name)? else {
        return e.fail(
            Diagnostic::error(
                Code::SearchSpace,
                name.span,
                format!("`{}` is a group, and a search looks for params", name.text),
            )
            .hint("what is read is compared by a `sweep`, whose variants are all judged"),
        );
    };
    let values = match &axis.values {
        None => {
            let options = own_options(e, axis, &[Some(ty)])?;
            SearchValues::Choices(options.iter().map(|value| spell_setting(e, value)).collect())
        }
        Some(expr) => values(e, name, ty, expr)?,
    };
    Ok((name.text.clone(), name.span, values))
}

/// `[rate, width] in [[1e-3, 8], [1e-2, 16]]` as an axis for each.
fn one_after_the_other(e: &Evaluator<'_>, axis: &SweepAxis) -> Option<Fix> {
    let values = axis.values.as_ref()?;
    let ExprKind::List(rows) = &values.kind else { return None };
    let rows = rows.iter().map(|row| match &row.kind {
        ExprKind::List(cells) if cells.len() == axis.names.len() => Some(cells),
        _ => None,
    });
    let rows: Vec<&Vec<Expr>> = rows.collect::<Option<_>>()?;
    let of = |at: usize| {
        let mut own: Vec<&str> = Vec::new();
        for cell in rows.iter().filter_map(|row| row.get(at)).map(|cell| e.sources.text(cell.span)) {
            if !own.contains(&cell) {
                own.push(cell);
            }
        }
        own
    };
    let axes = axis.names.iter().enumerate().map(|(at, name)| format!("{} in [{}]", name.text, of(at).join(", ")));
    let now = axes.collect::<Vec<_>>().join(", ");
    let first = axis.names.first()?.span;
    // The brackets around the names stand outside of them.
    let text = &e.sources.get(first.source)?.text;
    let open = text.get(..first.start as usize)?.trim_end().strip_suffix('[')?.len();
    let place = Span { start: open as u32, end: values.span.end, ..first };
    Some(Fix::new("write them one after the other", place, now))
}

fn values(e: &mut Evaluator<'_>, name: &Name, ty: &Type, expr: &Expr) -> Eval<SearchValues> {
    if let ExprKind::List(items) = &expr.kind {
        let choices = all(items.iter().map(|item| {
            let value = setting(e, item, &[Some(ty)])?;
            let value = coerce(e, name, ty, value, item.span)?;
            Ok((spell_setting(e, &value), item.span))
        }))?;
        for (at, (choice, span)) in choices.iter().enumerate() {
            if let Some((_, first)) = choices[..at].iter().find(|(other, _)| other == choice) {
                return e.fail(
                    Diagnostic::error(Code::SearchSpace, *span, format!("`{choice}` stands there twice"))
                        .also(*first, "first here")
                        .hint("each value is as likely as another; name it once")
                        .repairs(repair::without_item(e.sources, *span)),
                );
            }
        }
        if choices.len() < 2 {
            return e.fail(
                Diagnostic::error(Code::SearchSpace, expr.span, "there is nothing to choose from")
                    .hint("give two values or more, a range, or the value alone as the default of the `param`"),
            );
        }
        return Ok(SearchValues::Choices(choices.into_iter().map(|(choice, _)| choice).collect()));
    }
    let (inner, log) = match call_parts(expr) {
        Some(parts) if parts.receiver.is_none() && parts.name == "log" => match parts.arguments {
            [Argument { name: None, value }] => (value, true),
            _ => {
                return e.fail(
                    Diagnostic::error(Code::WrongArgument, expr.span, "`log` takes a range")
                        .hint("for example: log(1e-4..1e-2)"),
                );
            }
        },
        _ => (expr, false),
    };
    let range = match e.eval(inner)? {
        Value::Range(range) => range,
        other => return e.expected("a range such as `1e-4..1e-2`, or a list", &other, inner.span),
    };
    let kind = match &ty.kind {
        TypeKind::Named { name, .. } => name.text.as_str(),
        TypeKind::Shape(_) => "",
    };
    match kind {
        "real" => reals(e, range, log, inner.span),
        "int" => wholes(e, range, log, inner.span),
        _ => {
            let (param, message) = (&name.text, format!("`{}` is no number, and a range is of numbers", name.text));
            e.fail(
                Diagnostic::error(Code::SearchSpace, expr.span, message)
                    .also(ty.span, "its type")
                    .hint(format!("name what it may be: {param} in [.., ..]")),
            )
        }
    }
}

fn reals(e: &mut Evaluator<'_>, range: Range, log: bool, span: Span) -> Eval<SearchValues> {
    let (low, high) = (range.start, range.end);
    if low >= high || !low.is_finite() || !high.is_finite() {
        return e.fail(
            Diagnostic::error(Code::SearchSpace, span, format!("there is nothing between {low} and {high}"))
                .hint("the smaller number comes first: 1e-4..1e-2")
                .repairs(
                    (low > high && low.is_finite() && high.is_finite())
                        .then(|| repair::written(span, &format!("{high:e}..{low:e}"))),
                ),
        );
    }
    above_zero(e, low, log, span)?;
    Ok(SearchValues::Real { low, high, log })
}

fn wholes(e: &mut Evaluator<'_>, range: Range, log: bool, span: Span) -> Eval<SearchValues> {
    if !range.whole {
        return e.fail(
            Diagnostic::error(Code::SearchSpace, span, "the param is a whole number")
                .hint("give whole numbers, the last one too with `..=`: 8..=64")
                .repairs(
                    (range.start.ceil() < range.end.floor())
                        .then(|| repair::written(span, &format!("{}..={}", range.start.ceil(), range.end.floor()))),
                ),
        );
    }
    let (low, end) = (range.start as i64, range.end as i64);
    let high = if range.inclusive { end } else { end.saturating_sub(1) };
    if low >= high {
        return e.fail(
            Diagnostic::error(Code::SearchSpace, span, "there is nothing to choose from")
                .hint("the smaller number comes first, and the last counts with `..=`: 1..=4")
                .repairs((end < low).then(|| repair::written(span, &format!("{end}..={low}")))),
        );
    }
    above_zero(e, low as f64, log, span)?;
    Ok(SearchValues::Whole { low, high, log })
}

fn above_zero(e: &mut Evaluator<'_>, low: f64, log: bool, span: Span) -> Eval<()> {
    if !log || low > 0.0 {
        return Ok(());
    }
    let last = e.sources.text(span).split_once("..").map(|(_, last)| format!("1e-5..{}", last.trim_start()));
    e.fail(
        Diagnostic::error(Code::SearchSpace, span, format!("{low} has no logarithm"))
            .hint("begin above 0, for example at 1e-5, or leave `log` out")
            .repairs(last.map(|range| repair::written(span, &range))),
    )
}

/// `mae of m`, `mse of m.back against t1`: a score of one metric on the validation subjects.
fn choose(
    e: &mut Evaluator<'_>,
    value: &fascicle_syntax::ClauseValue,
    protocol: &Protocol,
    trained: &[String],
) -> Eval<Score> {
    let named = |name: &Name| Expr { kind: ExprKind::Name(name.text.clone()), span: name.span };
    let mut links = value.links.iter();
    let (metric, of) = match &value.value.kind {
        ExprKind::Phrase(words) => match words.as_slice() {
            [metric, of, model] if of.text == "of" => (named(metric), named(model)),
            _ => return not_chosen(e, value.value.span),
        },
        _ => match links.next() {
            Some((link, of)) if link.text == "of" => (value.value.clone(), of.clone()),
            _ => return not_chosen(e, value.value.span),
        },
    };
    let against = match links.next() {
        None => None,
        Some((link, input)) if link.text == "against" => {
            Some(Argument { name: Some(link.clone()), value: input.clone() })
        }
        Some((link, _)) => return not_chosen(e, link.span),
    };
    if !protocol.kind.validates() {
        return e.fail(
            Diagnostic::error(Code::SearchChoice, value.value.span, "nobody validates whom settings could be chosen on")
                .hint("give the protocol validation subjects: kfold(5, validation: 0.2); on test subjects a choice would leak").repairs(in_protocol(e, "validation", "0.2")),
        );
    }
    let span = metric.span;
    let on = Name { text: "validation".into(), span: of.span };
    let items: Vec<Argument> = [Argument { name: None, value: metric }].into_iter().chain(against).collect();
    let judged = score(e, &of, Some(&on), &items, protocol, trained)?;
    if judged.metrics.first().is_none_or(|metric| metric.larger_is_better().is_none()) {
        let metric = e.sources.text(span).to_string();
        return e.fail(
            Diagnostic::error(Code::SearchChoice, span, format!("of `{metric}` no value is the better one"))
                .hint("choose by a metric that has a best: mae, r2, auc, balanced_accuracy, dice"),
        );
    }
    Ok(judged)
}

fn not_chosen<T>(e: &mut Evaluator<'_>, span: Span) -> Eval<T> {
    // A metric alone, of each model that says what it predicts.
    let alone = super::training::is_metric(e.sources.text(span));
    let models = e.models.iter().filter(|model| alone && model.target.is_some()).take(repair::FEW);
    let end = Span { start: span.end, ..span };
    let fixes: Vec<Fix> =
        models.map(|model| Fix::new(format!("add `of {}`", model.name), end, format!(" of {}", model.name))).collect();
    e.fail(
        Diagnostic::error(Code::WrongArgument, span, "`choose` takes a metric and a model")
            .hint("for example: choose mae of m")
            .repairs(fixes),
    )
}

fn sampler(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<SearchSampler> {
    let mut reader = called(e, expr, Chapter::SearchSampler)?;
    let sampler = match reader.function.as_str() {
        "tpe" => SearchSampler::Tpe { startup: reader.whole(e, "startup")? },
        _ => SearchSampler::Random,
    };
    reader.finish(e)?;
    Ok(sampler)
}

fn pruning(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<MedianPruning> {
    let mut reader = called(e, expr, Chapter::SearchPruning)?;
    let pruning = MedianPruning { startup: reader.whole(e, "startup")?, warmup: reader.whole(e, "warmup")? };
    reader.finish(e)?;
    Ok(pruning)
}

fn called<'t>(e: &mut Evaluator<'_>, expr: &'t Expr, chapter: Chapter) -> Eval<Reader<'t>> {
    match call_parts(expr).filter(|parts| parts.receiver.is_none()) {
        Some(parts) => match find(chapter, parts.name) {
            Some(entry) => Ok(Reader::by(&parts, entry)),
            None => unknown_entry(e, Code::UnknownName, chapter, parts.name, parts.name_span),
        },
        None => {
            let known = names(chapter).join(", ");
            let message = format!("expected a {}: {known}", chapter.one());
            e.fail(Diagnostic::error(Code::WrongArgument, expr.span, message).hint("write one of them, without quotes"))
        }
    }
}

/// Trials are given up by the curve of the metric that they are chosen by: the last stage must watch it.
pub(in crate::compile) fn check_pruning(e: &mut Evaluator<'_>, draft: &Draft, stages: &[Stage]) -> Eval<()> {
    let (Some(span), search) = (draft.prune, &draft.search) else { return Ok(()) };
    let metric = search.judged.metrics[0];
    let of = search.judged.of.clone();
    let message = match stages.iter().rfind(|stage| stage.model == search.judged.model) {
        None => format!("`{of}` is no network: its fitting has no epochs at which it could be given up"),
        Some(stage) if stage.keep != Keep::Best(Monitor::Metric(metric)) => {
            format!("nothing watches `{}` of `{of}` from epoch to epoch", metric.name())
        }
        Some(_) if search.judged.pairs.len() > 1 => format!("`{of}` is a family, of which no epoch is the best"),
        Some(_) => return Ok(()),
    };
    let hint = format!("let its last `train` say `keep best {} on validation`, or leave `prune` out", metric.name());
    e.fail(
        Diagnostic::error(Code::SearchChoice, span, message)
            .hint(hint)
            .repairs(repair::without_clause(e.sources, span)),
    )
}

/// What settings could be chosen by: a metric of the first model that says what it predicts.
fn usual_choice(e: &Evaluator<'_>) -> Option<String> {
    let model = e.models.iter().find(|model| model.target.is_some())?;
    let class = matches!(e.graph.inputs[model.target?.index()].ty.kind, crate::graph::Kind::Class(_));
    Some(format!("choose {} of {}", if class { "balanced_accuracy" } else { "mae" }, model.name))
}
