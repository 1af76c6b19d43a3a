//! How a stage trains: optimiser, schedule, which weights are kept, augmentation, how subjects are drawn.

use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::{CallParts, Reader, call_parts, unknown_function};
use crate::compile::value::Value;
use crate::graph::Kind;
use crate::program::{Augment, AxisName, Keep, Metric, Monitor, Optimizer, Sampling, Schedule};
use fascicle_syntax::{Clause, Expr, ExprKind, Span};

fn function<'t>(e: &mut Evaluator<'_>, expr: &'t Expr, what: &str, known: &[&str]) -> Eval<CallParts<'t>> {
    match call_parts(expr).filter(|p| p.receiver.is_none()) {
        Some(parts) if known.contains(&parts.name) => Ok(parts),
        Some(parts) => unknown_function(e, Code::UnknownName, what, parts.name, parts.name_span, known),
        None => {
            let message = format!("expected {what}: {}", known.join(", "));
            // `"adam"` and `torch.optim.Adam(lr: 1e-3)` for `Adam(lr: 1e-3)`.
            let named = match &expr.kind {
                ExprKind::Text(text) => Some(text.as_str()),
                _ => call_parts(expr).map(|p| p.name),
            };
            let hint = match named.and_then(|name| known.iter().find(|k| k.eq_ignore_ascii_case(name))) {
                Some(name) => format!("write `{name}(..)`: without quotes, and nothing before it"),
                None => format!("for example {}()", known.first().copied().unwrap_or("")),
            };
            e.fail(Diagnostic::error(Code::WrongArgument, expr.span, message).hint(hint))
        }
    }
}

pub(in crate::compile) fn optimizer(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Optimizer> {
    let parts = function(e, expr, "optimizer", &["Adam", "AdamW", "SGD", "RAdam"])?;
    let mut reader = Reader::of(&parts);
    let lr = reader.real(e, "lr", 0.0, 1e3)?.unwrap_or(1e-3);
    let optimizer = if parts.name == "SGD" {
        Optimizer::Sgd {
            lr,
            momentum: reader.named_real(e, "momentum", 0.0, 1.0)?.unwrap_or(0.0),
            nesterov: reader.flag(e, "nesterov")?.unwrap_or(false),
            weight_decay: reader.named_real(e, "weight_decay", 0.0, 1e3)?.unwrap_or(0.0),
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
        let eps = reader.named_real(e, "eps", 0.0, 1.0)?.unwrap_or(1e-8);
        let default = if parts.name == "AdamW" { 1e-2 } else { 0.0 };
        let weight_decay = reader.named_real(e, "weight_decay", 0.0, 1e3)?.unwrap_or(default);
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
                .hint("an optimizer moves what its stage trains; its settings but `lr` are given by name"),
        );
    }
    reader.finish(e)?;
    Ok(optimizer)
}

pub(super) fn schedule(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Schedule> {
    let known = ["Constant", "Step", "Exponential", "Cosine", "Plateau", "OneCycle"];
    let parts = function(e, expr, "schedule", &known)?;
    let mut reader = Reader::of(&parts);
    let schedule = match parts.name {
        "Step" => Schedule::Step {
            every: reader.count(e, "every", 1)?.unwrap_or(30),
            factor: reader.real(e, "factor", 0.0, 1.0)?.unwrap_or(0.1),
        },
        "Exponential" => Schedule::Exponential { factor: reader.real(e, "factor", 0.0, 1.0)?.unwrap_or(0.95) },
        "Cosine" => Schedule::Cosine {
            min_lr: reader.named_real(e, "min_lr", 0.0, 1e3)?.unwrap_or(0.0),
            warmup: reader.named_count(e, "warmup", 0)?.unwrap_or(0),
        },
        "Plateau" => Schedule::Plateau {
            factor: reader.named_real(e, "factor", 0.0, 1.0)?.unwrap_or(0.1),
            patience: reader.named_count(e, "patience", 0)?.unwrap_or(10),
        },
        "OneCycle" => {
            let Some(max_lr) = reader.real(e, "max_lr", 0.0, 1e3)? else {
                return reader.missing(e, "max_lr", "the highest learning rate: OneCycle(max_lr: 0.01)");
            };
            Schedule::OneCycle {
                max_lr,
                rise: reader.named_real(e, "rise", 0.0, 1.0)?.unwrap_or(0.3),
                start_divisor: reader.named_real(e, "start_divisor", 1.0, 1e9)?.unwrap_or(25.0),
                end_divisor: reader.named_real(e, "end_divisor", 1.0, 1e9)?.unwrap_or(1e4),
                cycle_momentum: reader.flag(e, "cycle_momentum")?.unwrap_or(true),
            }
        }
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
                .hint("choosing it on any others would leak: write `on validation`, or nothing"),
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

/// The metric of this name.
pub(in crate::compile) fn metric(e: &mut Evaluator<'_>, name: &str, span: Span) -> Eval<Metric> {
    if let Some((_, metric)) = Metric::ALL.iter().find(|(n, _)| *n == name) {
        return Ok(*metric);
    }
    let known: Vec<&str> = Metric::ALL.iter().map(|(n, _)| *n).collect();
    unknown_function(e, Code::UnknownMetric, "metric", name, span, &known)
}

/// An axis of the body by its name.
pub(super) fn axis(e: &mut Evaluator<'_>, reader: &mut Reader<'_>, name: &'static str) -> Eval<Option<AxisName>> {
    Ok(reader.word(e, name, &["sagittal", "coronal", "axial"])?.map(|word| match word {
        "coronal" => AxisName::Coronal,
        "axial" => AxisName::Axial,
        _ => AxisName::Sagittal,
    }))
}

pub(super) fn augment(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Augment> {
    let parts = function(e, expr, "augmentation", &["flip", "shift", "crop", "noise", "scale"])?;
    let mut reader = Reader::of(&parts);
    let augment = match parts.name {
        "flip" => Augment::Flip { axis: axis(e, &mut reader, "axis")?.unwrap_or(AxisName::Sagittal) },
        "shift" => Augment::Shift { voxels: reader.count(e, "voxels", 1)?.unwrap_or(2) },
        // A random crop of the padded image is a random shift.
        "crop" => Augment::Shift { voxels: reader.count(e, "jitter", 1)?.unwrap_or(4) },
        "noise" => Augment::Noise { sd: reader.real(e, "sd", 0.0, 1e6)?.unwrap_or(0.1) },
        _ => Augment::Scale { by: reader.real(e, "by", 0.0, 1.0)?.unwrap_or(0.1) },
    };
    reader.finish(e)?;
    Ok(augment)
}

pub(super) fn sampling(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Sampling> {
    let parts = function(e, expr, "way to draw subjects", &["shuffled", "balanced"])?;
    let mut reader = Reader::of(&parts);
    let sampling = if parts.name == "balanced" {
        let Some(by) = reader.positional("by") else {
            return reader.missing(e, "by", "the class to balance: balanced(by: diagnosis)");
        };
        match e.eval(by)? {
            Value::Input(input) if matches!(e.graph.inputs[input].ty.kind, Kind::Class(_)) => {
                Sampling::Balanced { by: e.inputs[input].name.clone() }
            }
            Value::Input(input) => {
                let (name, declared) = (e.inputs[input].name.clone(), e.input_spans[input]);
                let classes = e.graph.inputs.iter().filter(|i| matches!(i.ty.kind, Kind::Class(_)));
                let hint = match classes.map(|i| i.name.as_str()).next() {
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
                    .hint(hint),
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
