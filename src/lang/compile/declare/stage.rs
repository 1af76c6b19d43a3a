//! `train`: what is minimised, by which optimiser, from which weights, for how long.

use super::augment::augment;
use super::entry::{Chapter, names};
use super::patches::patches;
use super::subgroup::{take, within};
use super::training::{early_stop, keep, optimizer, sampling, schedule};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Critic, Eval, Evaluator, Reported, all};
use crate::compile::frameworks::{Place, suggest};
use crate::compile::reader::{Reader, unknown_function};
use crate::compile::repair;
use crate::compile::value::Value;
use crate::graph::{Kind, NodeId};
use crate::ops::{Arity, Family};
use crate::program::{InputRole, Keep, Memory, Monitor, Optimizer, Precision, Sampling, Schedule, Stage};
use fascicle_syntax::{BinaryOp, Clause, DeclarationKind, Expr, ExprKind, Fix, Name, Span, nearest};

/// A stage whose `init` and `freeze` still name paths: they are resolved when all stages are known.
pub(in crate::compile) struct Draft {
    pub stage: Stage,
    pub span: Span,
    pub minimize: Option<Span>,
    pub init: Vec<Taken>,
    pub load: Vec<Load>,
    pub freeze: Vec<(String, Span)>,
    /// Critics that `minimize` is to mislead.
    pub critics: Vec<Critic>,
}

/// `init to from from`.
pub(in crate::compile) struct Taken {
    pub to: String,
    pub to_span: Span,
    pub from: String,
    pub from_span: Span,
}

/// `init to from "file"`.
pub(in crate::compile) struct Load {
    pub to: String,
    pub to_span: Span,
    pub file: String,
    pub file_span: Span,
}

/// Compiles a `train` block.
pub(in crate::compile) fn stage(e: &mut Evaluator<'_>, model: &Name, on: &[Name], clauses: &[Clause]) -> Eval<Draft> {
    let value = e.name(&model.text, model.span)?;
    let Value::Model(index) = value else { return e.expected("a model", &value, model.span) };
    if e.is_baseline(index) {
        return e.no_network(index, model.span);
    }
    let mut cohorts = Vec::new();
    for name in on {
        if !e.cohorts.iter().any(|c| c.name == name.text) {
            let declared = e.unit.resolve(e.scope(), &name.text).map(|p| &e.unit.declarations[p].declaration.kind);
            if matches!(declared, Some(DeclarationKind::Cohort { .. })) || e.unit.is_broken(e.scope(), &name.text) {
                return Err(Reported);
            }
            if ["training", "train", "test", "validation", "holdout"].contains(&name.text.as_str()) {
                let message = format!("there is no cohort `{}`", name.text);
                let left_out = (on.len() == 1).then(|| repair::without_link(e.sources, "on", name.span)).flatten();
                return e.fail(
                    Diagnostic::error(Code::UnknownName, name.span, message)
                        .hint(format!(
                            "a stage trains on the training subjects by itself: `train {} {{ .. }}`",
                            model.text
                        ))
                        .repairs(left_out.map(Fix::certain)),
                );
            }
            let known: Vec<String> = e.cohorts.iter().map(|c| c.name.clone()).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            return unknown_function(e, Code::UnknownName, "cohort", &name.text, name.span, &known);
        }
        cohorts.push(name.text.clone());
    }
    let stage = Stage {
        name: model.text.clone(),
        model: index,
        cohorts,
        loss: NodeId(0),
        terms: Vec::new(),
        trainable: Vec::new(),
        frozen: Vec::new(),
        adversaries: Vec::new(),
        init: Vec::new(),
        loads: Vec::new(),
        optimizer: Optimizer::Adam { lr: 1e-3, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0 },
        schedule: Schedule::Constant,
        epochs: 100,
        batch: 32,
        accumulate: 1,
        clip: None,
        early_stop: None,
        keep: Keep::Best(Monitor::Loss),
        augment: Vec::new(),
        sampling: Sampling::Shuffled,
        patches: None,
        within: None,
        take: None,
        precision: Precision::Float32,
        memory: Memory::Keep,
        after: Vec::new(),
    };
    let (init, load, freeze, critics) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut draft = Draft { stage, span: model.span, minimize: None, init, load, freeze, critics };
    let mut seen: Vec<&Name> = Vec::new();
    all(clauses.iter().map(|clause| {
        let word = &clause.word;
        let repeats = matches!(word.text.as_str(), "init" | "freeze" | "augment");
        if let Some(first) = seen.iter().find(|w| w.text == word.text && !repeats) {
            let message = format!("`{}` stands twice", word.text);
            let last = clause
                .values
                .last()
                .map_or(word.span, |value| value.links.last().map_or(value.value.span, |(_, what)| what.span));
            let title = format!("remove the second `{}`", word.text);
            let fix = repair::without(e.sources, word.span.to(last), title);
            return e.fail(
                Diagnostic::error(Code::TwiceDeclared, word.span, message).also(first.span, "first here").repairs(fix),
            );
        }
        seen.push(word);
        self::clause(e, clause, &mut draft)
    }))?;
    if draft.minimize.is_none() {
        let clause = format!("minimize {}", usual_loss(e, index));
        let fix = repair::with_clause(e.sources, model.span, &clause);
        return e.fail(
            Diagnostic::error(
                Code::ClauseMissing,
                model.span,
                format!("the stage of `{}` does not say what it minimises", model.text),
            )
            .hint(format!("add for example: minimize cross_entropy({}, diagnosis)", model.text))
            .repairs(fix),
        );
    }
    Ok(draft)
}

/// One clause.
fn clause(e: &mut Evaluator<'_>, clause: &Clause, draft: &mut Draft) -> Eval<()> {
    match clause.word.text.as_str() {
        "minimize" => {
            let expr = single(e, clause)?;
            let told = e.diagnostics.len();
            let minimised = e.with_critics(|e| minimised(e, expr));
            if minimised.is_err() {
                complete(e, told, expr, &draft.stage.name);
            }
            let ((loss, terms), critics) = minimised?;
            // A term of weight 0 is gone, and with it its critic.
            let live = e.graph.live([loss]);
            draft.critics = critics.into_iter().filter(|critic| live[critic.term.index()]).collect();
            (draft.stage.loss, draft.stage.terms) = (loss, terms);
            for critic in &draft.critics {
                draft.stage.terms.push((format!("{}, its own loss", critic.name), critic.loss));
            }
            draft.minimize = Some(expr.span);
        }
        "optimizer" => {
            let expr = single(e, clause)?;
            draft.stage.optimizer = optimizer(e, expr)?;
        }
        "schedule" => {
            let expr = single(e, clause)?;
            draft.stage.schedule = schedule(e, expr)?;
        }
        "epochs" => draft.stage.epochs = count(e, clause)?,
        "batch" => draft.stage.batch = count(e, clause)?,
        "accumulate" => draft.stage.accumulate = count(e, clause)?,
        "clip" => {
            let expr = single(e, clause)?;
            let reader = Reader::new("clip", &[], clause.word.span);
            draft.stage.clip = Some(reader.real_of(e, "norm", expr, f64::MIN_POSITIVE, f64::INFINITY)?);
        }
        "stop" => {
            let expr = single(e, clause)?;
            draft.stage.early_stop = Some(early_stop(e, expr)?);
        }
        "keep" => draft.stage.keep = keep(e, clause)?,
        "init" => {
            for value in &clause.values {
                let Some((_, from)) = value.links.iter().find(|(w, _)| w.text == "from") else {
                    return e.fail(
                        Diagnostic::error(Code::UnknownClause, value.value.span, "`init` needs to know from where")
                            .hint("write: init ad.Embed from table.Embed, or from \"weights.safetensors\""),
                    );
                };
                let to = e.sources.text(value.value.span).to_string();
                if let Some(file) = file_name(e, from)? {
                    let (to_span, file_span) = (value.value.span, from.span);
                    draft.load.push(Load { to, to_span, file, file_span });
                    continue;
                }
                let from_path = e.sources.text(from.span).to_string();
                draft.init.push(Taken { to, to_span: value.value.span, from: from_path, from_span: from.span });
            }
        }
        "freeze" => {
            for value in &clause.values {
                if let Some(path) = chosen(e, &value.value)? {
                    draft.freeze.push((e.sources.text(path.span).to_string(), path.span));
                }
            }
        }
        "augment" => {
            for value in &clause.values {
                draft.stage.augment.extend(augment(e, &value.value)?);
            }
        }
        "sample" => {
            let expr = single(e, clause)?;
            draft.stage.sampling = sampling(e, expr)?;
        }
        "patches" => draft.stage.patches = Some(patches(e, clause)?),
        "within" => {
            let expr = single(e, clause)?;
            draft.stage.within = within(e, expr, &draft.stage.cohorts)?;
        }
        "take" => {
            let expr = single(e, clause)?;
            draft.stage.take = Some(take(e, expr)?);
        }
        "precision" => {
            let expr = single(e, clause)?;
            draft.stage.precision = one_of(e, expr, "precision", &Precision::ALL, PRECISION_HINT)?;
        }
        "memory" => {
            let expr = single(e, clause)?;
            draft.stage.memory = one_of(e, expr, "way to use memory", &Memory::ALL, MEMORY_HINT)?;
        }
        other => {
            let known = names(Chapter::Clause);
            let message = format!("a stage has no clause `{other}`");
            let diagnostic = Diagnostic::error(Code::UnknownClause, clause.word.span, message);
            return e.fail(match suggest(other, &known, Place::Clause) {
                Some(suggestion) => {
                    let fix = of_another_place(e, clause);
                    match fix {
                        Some(fix) => diagnostic.hint(suggestion.words).repair(fix),
                        None => diagnostic.suggest(e.sources, clause.word.span, suggestion),
                    }
                }
                None => diagnostic.hint(format!("a stage has {}", known.join(", "))),
            });
        }
    }
    Ok(())
}

/// The file that `init .. from` names: a text, or a `param` that is one. Anything else is the path of a module.
fn file_name(e: &mut Evaluator<'_>, from: &Expr) -> Eval<Option<String>> {
    let is_param = |e: &Evaluator<'_>, name: &str| {
        let declared = e.unit.resolve(e.scope(), name).map(|p| &e.unit.declarations[p].declaration.kind);
        matches!(declared, Some(DeclarationKind::Param { .. }))
    };
    match &from.kind {
        ExprKind::Text(_) => {}
        ExprKind::Name(name) if is_param(e, name) => {}
        _ => return Ok(None),
    }
    match e.eval(from)? {
        Value::Text(file) => Ok(Some(file.to_string())),
        other => e.expected("the path of a module, or a file in quotes", &other, from.span),
    }
}

const PRECISION_HINT: &str = "float32 is what holds where nothing is said; tf32 and bf16 are faster on a card";
const MEMORY_HINT: &str = "keep is what holds where nothing is said; recompute takes less memory and more time";

/// `precision bf16`, `memory recompute`: one of some words, or a parameter that is one of them.
fn one_of<T: Copy>(e: &mut Evaluator<'_>, expr: &Expr, what: &str, all: &[(&'static str, T)], hint: &str) -> Eval<T> {
    let words: Vec<&str> = all.iter().map(|(word, _)| *word).collect();
    let known = |word: &str| all.iter().find(|(known, _)| *known == word).map(|(_, value)| *value);
    if let ExprKind::Name(word) = &expr.kind {
        if let Some(value) = known(word) {
            return Ok(value);
        }
        if e.unit.resolve(e.scope(), word).is_none() {
            let hint = match nearest(word, &words) {
                Some(near) => format!("did you mean `{near}`?"),
                None => hint.to_string(),
            };
            let message = format!("`{word}` is no {what}: expected {}", words.join(", "));
            return e.fail(
                Diagnostic::error(Code::WrongArgument, expr.span, message)
                    .hint(hint)
                    .repairs(repair::one_of(word, &words, expr.span)),
            );
        }
    }
    let chosen = match e.eval(expr)? {
        Value::Word(word) => word.to_string(),
        Value::Choice(choice) => choice.word.clone(),
        other => return e.expected(&format!("a {what} ({})", words.join(", ")), &other, expr.span),
    };
    match known(&chosen) {
        Some(value) => Ok(value),
        None => {
            let message = format!("`{chosen}` is no {what}: expected {}", words.join(", "));
            e.fail(Diagnostic::error(Code::WrongArgument, expr.span, message))
        }
    }
}

fn single<'t>(e: &mut Evaluator<'_>, clause: &'t Clause) -> Eval<&'t Expr> {
    match clause.values.as_slice() {
        [one] => Ok(&one.value),
        _ => {
            let message = format!("`{0}` takes one value, found {1}", clause.word.text, clause.values.len());
            e.fail(
                Diagnostic::error(Code::WrongArgument, clause.word.span, message)
                    .hint("begin the next clause on a line of its own"),
            )
        }
    }
}

/// The path that a `freeze` names, by way of `if tuned { none } else { parts }`.
fn chosen<'t>(e: &mut Evaluator<'_>, expr: &'t Expr) -> Eval<Option<&'t Expr>> {
    let ExprKind::If { condition, then, otherwise } = &expr.kind else {
        let nothing = matches!(&expr.kind, ExprKind::Name(word) if word == "none");
        return Ok((!nothing).then_some(expr));
    };
    let value = e.eval(condition)?;
    let body = if e.condition(&value, condition.span)? { Some(then) } else { otherwise.as_ref() };
    match body.and_then(|body| body.result.as_deref()) {
        Some(path) => chosen(e, path),
        None => Ok(None),
    }
}

fn count(e: &mut Evaluator<'_>, clause: &Clause) -> Eval<usize> {
    let expr = single(e, clause)?;
    let reader = Reader::new(&clause.word.text, &[], clause.word.span);
    reader.count_of(e, "", expr, 1)
}

/// A loss that is only named, or that is given the prediction alone, is of this model and what it predicts: what is told of it since
/// gets that as its repair.
fn complete(e: &mut Evaluator<'_>, told: usize, expr: &Expr, model: &str) {
    let (place, lacks) = match &expr.kind {
        ExprKind::Text(name) | ExprKind::Name(name) => (expr.span, is_loss(name).then(|| name.clone())),
        ExprKind::Call { callee, arguments } => match (&callee.kind, arguments.as_slice()) {
            (ExprKind::Name(name), [only]) if only.name.is_none() => (expr.span, is_loss(name).then(|| name.clone())),
            _ => return,
        },
        _ => return,
    };
    let (Some(name), Some(truth)) = (lacks, truth_of(e, model)) else { return };
    let fix = match &expr.kind {
        ExprKind::Call { .. } => repair::with_argument(e.sources, place, &truth),
        _ => repair::written(place, &format!("{name}({model}, {truth})")),
    };
    if let Some(diagnostic) = e.diagnostics.get_mut(told).filter(|d| d.span() == place && d.fixes.is_empty()) {
        diagnostic.fixes.push(fix);
    }
}

/// Whether an operator compares a prediction with its truth.
fn is_loss(name: &str) -> bool {
    crate::ops::find(name).is_some_and(|stanza| {
        matches!(stanza.arity, Arity::Exactly(reads) if reads.len() == 2) && stanza.family == Family::Loss
    })
}

/// What a model's result is compared with: what it says that it predicts, or the one input that is like it.
fn truth_of(e: &Evaluator<'_>, model: &str) -> Option<String> {
    let own = e.models.iter().find(|own| own.name == model)?;
    if let Some(target) = own.target {
        return e.inputs.get(target.index()).map(|spec| spec.name.clone());
    }
    let [(_, node)] = own.output(model)?.members.as_slice() else { return None };
    let ty = e.ty(*node);
    let mut like = e
        .graph
        .inputs
        .iter()
        .filter(|input| input.ty.kind == Kind::Tensor && ty.kind == Kind::Tensor && input.ty.shape == ty.shape);
    match (like.next(), like.next()) {
        (Some(only), None) => Some(only.name.clone()),
        _ => None,
    }
}

/// What is minimised, as one number for the batch, and the terms of the sum, for the learning curves. Each term is
/// evaluated once: the sum is made of the same nodes.
fn minimised(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<(NodeId, Vec<(String, NodeId)>)> {
    let mut parts = Vec::new();
    collect(expr, &mut parts);
    let values = all(parts.iter().map(|part| Ok((e.eval(part)?, part.span))))?;
    let mut total = values[0].clone();
    for value in &values[1..] {
        let span = total.1.to(value.1);
        total = (e.arithmetic(BinaryOp::Add, total, value.clone(), span)?, span);
    }
    let loss = loss(e, &total.0, expr.span)?;
    let mut terms = Vec::new();
    if values.len() > 1 {
        for (value, span) in values.iter().filter(|(value, _)| value.as_real().is_none()) {
            let mut node = e.tensor(value, *span)?;
            if e.ty(node).batched && e.ty(node).shape.is_empty() {
                node = e.batch_mean(node, *span)?;
            }
            let text: String = e.sources.text(*span).split_whitespace().collect::<Vec<_>>().join(" ");
            terms.push((text, node));
        }
    }
    Ok((loss, terms))
}

fn loss(e: &mut Evaluator<'_>, value: &Value, span: Span) -> Eval<NodeId> {
    if value.as_real().is_some() {
        return e.fail(
            Diagnostic::error(Code::NothingToMinimise, span, "there is nothing to minimise: every term has weight 0")
                .hint("give at least one term a weight above 0"),
        );
    }
    let node = e.tensor(value, span)?;
    let ty = e.ty(node).clone();
    if !ty.batched && ty.shape.is_empty() {
        return Ok(node);
    }
    if ty.batched && ty.shape.is_empty() && ty.kind == crate::graph::Kind::Tensor {
        // One number a subject: its mean over the batch is what is meant.
        return e.batch_mean(node, span);
    }
    let origin = e.origin(node);
    e.fail(
        Diagnostic::error(Code::ScalarExpected, span, format!("what is minimised must be one number, found {ty}"))
            .also(origin, "made here")
            .hint("apply a loss: `mse(prediction, truth)`, `cross_entropy(prediction, truth)`, `kl(q, prior)`"),
    )
}

/// The terms of a sum.
fn collect<'t>(expr: &'t Expr, into: &mut Vec<&'t Expr>) {
    match &expr.kind {
        ExprKind::Binary { op: BinaryOp::Add, left, right } => {
            collect(left, into);
            collect(right, into);
        }
        _ => into.push(expr),
    }
}

/// The loss of what a model predicts, as a stage would say it.
pub(in crate::compile) fn usual_loss(e: &Evaluator<'_>, model: usize) -> String {
    let name = &e.models[model].name;
    let is_target = |at: &usize| e.inputs[*at].role == InputRole::Target;
    let target = e.models[model].target.map(|t| t.index()).or_else(|| (0..e.inputs.len()).find(is_target));
    let Some(target) = target else { return format!("mse({name}, {name})") };
    let loss = match e.graph.inputs[target].ty.kind {
        Kind::Class(_) | Kind::Mask(_) => "cross_entropy",
        _ => "mse",
    };
    format!("{loss}({name}, {})", e.inputs[target].name)
}

/// A clause of another framework as what it belongs to here: `lr 1e-3` is an argument of the optimizer.
fn of_another_place(e: &Evaluator<'_>, clause: &Clause) -> Option<Fix> {
    let last = clause.values.last()?.value.span;
    let whole = clause.word.span.to(last);
    let value = e.sources.text(clause.values.first()?.value.span);
    let now = match clause.word.text.as_str() {
        "lr" | "learning_rate" => format!("optimizer Adam(lr: {value})"),
        "weight_decay" => format!("optimizer AdamW(weight_decay: {value})"),
        "patience" => format!("stop early(patience: {value})"),
        "metrics" | "metric" | "shuffle" | "callbacks" | "device" | "num_workers" | "gpus" | "accelerator" => {
            return repair::without(e.sources, whole, format!("leave out `{}`", clause.word.text));
        }
        _ => return None,
    };
    Some(repair::written(whole, &now))
}
