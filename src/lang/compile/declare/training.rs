//! How a stage trains: optimiser, schedule, which weights are kept, how subjects are drawn.

use super::column::named_param;
use super::entry::{Chapter, find, names};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::{CallParts, Reader, call_parts, unknown_entry};
use crate::compile::repair;
use crate::compile::value::Value;
use crate::graph::Kind;
use crate::program::{EarlyStop, Keep, Metric, Monitor, Optimizer, Sampling, Schedule};
use fascicle_syntax::{Clause, Expr, ExprKind, Span};

/// The call of something in a chapter of the table, and its arguments.
pub(super) fn entry<'t>(e: &mut Evaluator<'_>, expr: &'t Expr, chapter: Chapter) -> Eval<(CallParts<'t>, Reader<'t>)> {
    let (what, known) = (chapter.one(), names(chapter));
    match call_parts(expr).filter(|p| p.receiver.is_none()) {
        Some(parts) => match find(chapter, parts.name) {
            Some(entry) => {
                let reader = Reader::by(&parts, entry);
                Ok((parts, reader))
            }
            None => unknown_entry(e, Code::UnknownName, chapter, parts.name, parts.name_span),
        },
        None => {
            let message = format!("expected {what}: {}", known.join(", "));
            // `"adam"` and `torch.optim.Adam(lr: 1e-3)` for `Adam(lr: 1e-3)`.
            let named = match &expr.kind {
                ExprKind::Text(text) => Some(text.as_str()),
                _ => call_parts(expr).map(|p| p.name),
            };
            let meant = named.and_then(|name| known.iter().find(|k| k.eq_ignore_ascii_case(name)));
            let fix = match (&expr.kind, meant, call_parts(expr)) {
                (ExprKind::Text(_), Some(name), _) => Some(repair::written(expr.span, &format!("{name}()")).certain()),
                (_, Some(name), Some(parts)) => {
                    let callee = Span { start: expr.span.start, ..parts.name_span };
                    Some(repair::written(callee, name).certain())
                }
                _ => None,
            };
            let hint = match meant {
                Some(name) => format!("write `{name}(..)`: without quotes, and nothing before it"),
                None => format!("for example {}()", known.first().copied().unwrap_or("")),
            };
            e.fail(Diagnostic::error(Code::WrongArgument, expr.span, message).hint(hint).repairs(fix))
        }
    }
}

pub(in crate::compile) fn optimizer(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Optimizer> {
    let (parts, mut reader) = entry(e, expr, Chapter::Optimizer)?;
    let lr = reader.number(e, "lr")?;
    let optimizer = if parts.name == "SGD" {
        Optimizer::Sgd {
            lr,
            momentum: reader.number(e, "momentum")?,
            nesterov: reader.whether(e, "nesterov")?,
            weight_decay: reader.number(e, "weight_decay")?,
        }
    } else {
        let betas = match reader.named("betas") {
            Some(expr) => {
                let value = e.eval(expr)?;
                let pair = match &value {
                    Value::List(items) => items.iter().map(Value::as_real).collect::<Option<Vec<f64>>>(),
                    _ => None,
                };
                match pair.as_deref() {
                    Some([a, b]) if (0.0..1.0).contains(a) && (0.0..1.0).contains(b) => (*a, *b),
                    _ => return e.expected("two numbers from 0 to 1", &value, expr.span),
                }
            }
            None => (0.9, 0.999),
        };
        let eps = reader.number(e, "eps")?;
        let weight_decay = reader.number(e, "weight_decay")?;
        match parts.name {
            "AdamW" => Optimizer::AdamW { lr, betas, eps, weight_decay },
            "RAdam" => Optimizer::RAdam { lr, betas, eps, weight_decay },
            _ => Optimizer::Adam { lr, betas, eps, weight_decay },
        }
    };
    if let Some(model) = reader.rest().first() {
        let text = e.sources.text(model.span).to_string();
        let message = format!("`{}` takes no `{text}`", parts.name);
        return e.fail(
            Diagnostic::error(Code::UnknownArgument, model.span, message)
                .hint("an optimizer moves what its stage trains; its settings but `lr` are given by name")
                .repairs(repair::without_item(e.sources, model.span)),
        );
    }
    reader.finish(e)?;
    Ok(optimizer)
}

pub(super) fn schedule(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Schedule> {
    let (parts, mut reader) = entry(e, expr, Chapter::Schedule)?;
    let schedule = match parts.name {
        "Step" => Schedule::Step { every: reader.whole(e, "every")?, factor: reader.number(e, "factor")? },
        "Exponential" => Schedule::Exponential { factor: reader.number(e, "factor")? },
        "Cosine" => Schedule::Cosine { min_lr: reader.number(e, "min_lr")?, warmup: reader.whole(e, "warmup")? },
        "Plateau" => Schedule::Plateau { factor: reader.number(e, "factor")?, patience: reader.whole(e, "patience")? },
        "OneCycle" => Schedule::OneCycle {
            max_lr: reader.number(e, "max_lr")?,
            rise: reader.number(e, "rise")?,
            start_divisor: reader.number(e, "start_divisor")?,
            end_divisor: reader.number(e, "end_divisor")?,
            cycle_momentum: reader.whether(e, "cycle_momentum")?,
        },
        _ => Schedule::Constant,
    };
    reader.finish(e)?;
    Ok(schedule)
}

/// `keep best`, `keep last`, `keep best balanced_accuracy on validation`.
pub(super) fn keep(e: &mut Evaluator<'_>, clause: &Clause) -> Eval<Keep> {
    let [value] = clause.values.as_slice() else {
        return e.fail(
            Diagnostic::error(Code::WrongArgument, clause.word.span, "`keep` takes `best` or `last`")
                .hint("for example: keep best balanced_accuracy on validation"),
        );
    };
    if let Some((_, on)) = value.links.iter().find(|(w, _)| w.text == "on")
        && !super::step::is_word(on, "validation")
    {
        return e.fail(
            Diagnostic::error(Code::TrainingScored, on.span, "the epoch is chosen on the validation subjects")
                .hint("choosing it on any others would leak: write `on validation`, or nothing")
                .repair(repair::written(on.span, "validation")),
        );
    }
    match &value.value.kind {
        ExprKind::Name(word) if word == "last" => Ok(Keep::Last),
        ExprKind::Name(word) if word == "best" => Ok(Keep::Best(Monitor::Loss)),
        ExprKind::Phrase(words) if words.len() == 2 && words[0].text == "best" => {
            if words[1].text == "loss" {
                return Ok(Keep::Best(Monitor::Loss));
            }
            let metric = metric(e, &words[1].text, words[1].span)?;
            if metric.larger_is_better().is_none() {
                return e.fail(
                    Diagnostic::error(Code::UnknownMetric, words[1].span, format!("`{}` has no best", words[1].text))
                        .hint("choose by a metric that grows or falls: `keep best balanced_accuracy`"),
                );
            }
            Ok(Keep::Best(Monitor::Metric(metric)))
        }
        _ => e.fail(
            Diagnostic::error(Code::WrongArgument, value.value.span, "`keep` takes `best`, `best METRIC` or `last`")
                .hint("for example: keep best balanced_accuracy on validation"),
        ),
    }
}

/// `sample how`, of a parameter.
fn sampling_by(e: &mut Evaluator<'_>, name: &str, value: &Value, span: Span) -> Eval<Sampling> {
    let word = match value {
        Value::Choice(choice) => choice.word.as_str(),
        Value::Text(text) => &**text,
        _ => "",
    };
    if word == "shuffled" {
        return Ok(Sampling::Shuffled);
    }
    let message = format!("`{name}` does not say how subjects are drawn");
    let hint = match value {
        Value::Bool(_) => {
            format!("say what it decides: sample if {name} {{ balanced(by: diagnosis) }} else {{ shuffled }}")
        }
        _ => format!(
            "say what each of its words stands for: sample match {name} {{ balanced => balanced(by: diagnosis), else => shuffled }}"
        ),
    };
    let class = e.graph.inputs.iter().find(|input| matches!(input.ty.kind, Kind::Class(_)));
    let fix = class.filter(|_| matches!(value, Value::Bool(_))).map(|class| {
        repair::written(span, &format!("if {name} {{ balanced(by: {}) }} else {{ shuffled }}", class.name))
    });
    e.fail(Diagnostic::error(Code::WrongArgument, span, message).hint(hint).repairs(fix))
}

/// Whether a word is a metric.
pub(super) fn is_metric(word: &str) -> bool {
    Metric::ALL.iter().any(|(name, _)| *name == word)
}

/// The metric of this name.
pub(in crate::compile) fn metric(e: &mut Evaluator<'_>, name: &str, span: Span) -> Eval<Metric> {
    match Metric::ALL.iter().find(|(n, _)| *n == name) {
        Some((_, metric)) => Ok(*metric),
        None => unknown_entry(e, Code::UnknownMetric, Chapter::Metric, name, span),
    }
}

/// `stop early(patience: 10)`.
pub(super) fn early_stop(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<EarlyStop> {
    let known = call_parts(expr).and_then(|parts| Some((find(Chapter::Stop, parts.name)?, parts)));
    let Some((entry, parts)) = known else {
        return e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, "expected `early(patience: 10)`")
                .hint("write: stop early(patience: 10)")
                .repairs(match expr.kind {
                    ExprKind::Int(patience) => {
                        Some(repair::written(expr.span, &format!("early(patience: {patience})")))
                    }
                    _ => None,
                }),
        );
    };
    let mut reader = Reader::by(&parts, entry);
    let stop = EarlyStop { patience: reader.whole(e, "patience")?, min_delta: reader.number(e, "min_delta")? };
    reader.finish(e)?;
    Ok(stop)
}

/// `shuffled`, `balanced(by: diagnosis)`; `if over { balanced(by: diagnosis) } else { shuffled }`, the same by `match`, or a
/// parameter whose words are of those that need no more be said.
pub(super) fn sampling(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Sampling> {
    match &expr.kind {
        ExprKind::If { condition, then, otherwise } => {
            let value = e.eval(condition)?;
            let body = if e.condition(&value, condition.span)? { Some(then) } else { otherwise.as_ref() };
            return match body.map(|body| body.result.as_deref()) {
                Some(Some(chosen)) => sampling(e, chosen),
                // What holds where there is no clause.
                None => Ok(Sampling::Shuffled),
                Some(None) => e.fail(
                    Diagnostic::error(Code::WrongArgument, expr.span, "one of the two says nothing")
                        .hint("write: sample if over { balanced(by: diagnosis) } else { shuffled }")
                        .repairs(super::subgroup::empty_branch(e, expr.span, "shuffled")),
                ),
            };
        }
        ExprKind::Match { scrutinee, arms } => {
            let chosen = e.arm(scrutinee, arms, expr.span)?;
            return sampling(e, chosen);
        }
        ExprKind::Name(name) => {
            if let Some(value) = named_param(e, name, expr.span)? {
                return sampling_by(e, name, &value, expr.span);
            }
        }
        _ => {}
    }
    let (parts, mut reader) = entry(e, expr, Chapter::Sampling)?;
    let sampling = if parts.name == "balanced" {
        let Some(by) = reader.positional("by") else {
            let class = e.graph.inputs.iter().find(|i| matches!(i.ty.kind, Kind::Class(_)));
            let fix = class.map(|c| repair::with_argument(e.sources, expr.span, &format!("by: {}", c.name)));
            return reader.missing_with(e, "by", "the class to balance: balanced(by: diagnosis)", fix);
        };
        match e.eval(by)? {
            Value::Input(input) if matches!(e.graph.inputs[input].ty.kind, Kind::Class(_)) => {
                Sampling::Balanced { by: e.inputs[input].name.clone() }
            }
            Value::Input(input) => {
                let (name, declared) = (e.inputs[input].name.clone(), e.input_spans[input]);
                let classes = e.graph.inputs.iter().filter(|i| matches!(i.ty.kind, Kind::Class(_)));
                let class = classes.map(|i| i.name.as_str()).next();
                let classed = class.map(|class| repair::written(by.span, class));
                let hint = match class {
                    Some(class) => format!("draw by a class: `balanced(by: {class})`"),
                    None => "declare a class: target diagnosis: class{HC, AD} = c.column(\"diagnosis\")".to_string(),
                };
                return e.fail(
                    Diagnostic::error(
                        Code::KindMismatch,
                        by.span,
                        format!("`{name}` has no classes to be drawn alike"),
                    )
                    .also(declared, "declared here")
                    .hint(hint)
                    .repairs(classed),
                );
            }
            other => return e.expected("a target that is a class", &other, by.span),
        }
    } else {
        Sampling::Shuffled
    };
    reader.finish(e)?;
    Ok(sampling)
}
