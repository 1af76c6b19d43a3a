//! `train`: what is minimised, by which optimiser, from which weights, for how long.

use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::{CallParts, Reader, call_parts, unknown_function};
use crate::compile::value::Value;
use crate::graph::{ModuleId, NodeId};
use crate::program::{
    Augment, AxisName, EarlyStop, InputSource, Keep, Metric, Monitor, Optimizer, Sampling, Schedule, Stage, StageInit,
};
use crate::syntax::{BinaryOp, Clause, Expr, ExprKind, Name, Span, nearest};
use std::collections::BTreeSet;

const CLAUSES: &[&str] = &[
    "minimize", "optimizer", "schedule", "epochs", "batch", "accumulate", "clip", "stop", "keep", "init", "freeze", "augment",
    "sample",
];

/// A stage whose `init` and `freeze` still name paths: they are resolved when all stages are known.
pub(in crate::compile) struct Draft {
    pub stage: Stage,
    pub span: Span,
    pub minimize: Span,
    pub init: Vec<(String, String, Span)>,
    pub freeze: Vec<(String, Span)>,
}

/// Compiles a `train` block.
pub(in crate::compile) fn stage(e: &mut Evaluator<'_>, model: &Name, on: &[Name], clauses: &[Clause]) -> Eval<Draft> {
    let value = e.name(&model.text, model.span)?;
    let Value::Model(index) = value else { return e.expected("a model", &value, model.span) };
    let mut cohorts = Vec::new();
    for name in on {
        if !e.cohorts.iter().any(|c| c.name == name.text) {
            let known: Vec<String> = e.cohorts.iter().map(|c| c.name.clone()).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            return unknown_function(e, Code::UnknownName, "cohort", &name.text, name.span, &known);
        }
        cohorts.push(name.text.clone());
    }
    let mut stage = Stage {
        name: model.text.clone(),
        model: index,
        cohorts,
        loss: NodeId(0),
        terms: Vec::new(),
        trainable: Vec::new(),
        frozen: Vec::new(),
        init: Vec::new(),
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
        after: Vec::new(),
    };
    let mut init = Vec::new();
    let mut freeze = Vec::new();
    let mut minimize = None;
    let mut seen: Vec<(&str, Span)> = Vec::new();
    for clause in clauses {
        let word = clause.word.text.as_str();
        if let Some((_, first)) = seen.iter().find(|(w, _)| *w == word && !matches!(*w, "init" | "freeze" | "augment")) {
            return e.fail(
                Diagnostic::error(Code::TwiceDeclared, clause.word.span, format!("`{word}` stands twice")).also(*first, "first here"),
            );
        }
        seen.push((word, clause.word.span));
        match word {
            "minimize" => {
                let expr = single(e, clause)?;
                stage.loss = loss(e, expr)?;
                stage.terms = terms(e, expr)?;
                minimize = Some(expr.span);
            }
            "optimizer" => {
                let expr = single(e, clause)?;
                stage.optimizer = optimizer(e, expr)?;
            }
            "schedule" => {
                let expr = single(e, clause)?;
                stage.schedule = schedule(e, expr)?;
            }
            "epochs" => stage.epochs = count(e, clause)?,
            "batch" => stage.batch = count(e, clause)?,
            "accumulate" => stage.accumulate = count(e, clause)?,
            "clip" => {
                let expr = single(e, clause)?;
                let reader = Reader::new("clip", &[], clause.word.span);
                stage.clip = Some(reader.real_of(e, "norm", expr, f64::MIN_POSITIVE, f64::INFINITY)?);
            }
            "stop" => {
                let expr = single(e, clause)?;
                let Some(parts) = call_parts(expr).filter(|p| p.name == "early") else {
                    return e.fail(
                        Diagnostic::error(Code::WrongArgument, expr.span, "expected `early(patience: 10)`"),
                    );
                };
                let mut reader = Reader::of(&parts);
                let patience = reader.count(e, "patience", 1)?.unwrap_or(10);
                let min_delta = reader.real(e, "min_delta", 0.0, f64::INFINITY)?.unwrap_or(0.0);
                reader.finish(e)?;
                stage.early_stop = Some(EarlyStop { patience, min_delta });
            }
            "keep" => stage.keep = keep(e, clause)?,
            "init" => {
                for value in &clause.values {
                    let Some((_, from)) = value.links.iter().find(|(w, _)| w.text == "from") else {
                        return e.fail(
                            Diagnostic::error(Code::UnknownClause, value.value.span, "`init` needs to know from where")
                                .hint("write: init ad.Embed from table.Embed"),
                        );
                    };
                    let to = e.sources.text(value.value.span).to_string();
                    let from_path = e.sources.text(from.span).to_string();
                    init.push((to, from_path, value.value.span.to(from.span)));
                }
            }
            "freeze" => {
                for value in &clause.values {
                    freeze.push((e.sources.text(value.value.span).to_string(), value.value.span));
                }
            }
            "augment" => {
                for value in &clause.values {
                    stage.augment.push(augment(e, &value.value)?);
                }
            }
            "sample" => {
                let expr = single(e, clause)?;
                stage.sampling = sampling(e, expr)?;
            }
            other => {
                let hint = match nearest(other, CLAUSES) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("a stage has {}", CLAUSES.join(", ")),
                };
                let message = format!("a stage has no clause `{other}`");
                return e.fail(Diagnostic::error(Code::UnknownClause, clause.word.span, message).hint(hint));
            }
        }
    }
    let Some(minimize) = minimize else {
        return e.fail(
            Diagnostic::error(Code::ClauseMissing, model.span, format!("the stage of `{}` does not say what it minimises", model.text))
                .hint(format!("add for example: minimize cross_entropy({}, diagnosis)", model.text)),
        );
    };
    Ok(Draft { stage, span: model.span, minimize, init, freeze })
}

fn single<'t>(e: &mut Evaluator<'_>, clause: &'t Clause) -> Eval<&'t Expr> {
    match clause.values.as_slice() {
        [one] => Ok(&one.value),
        _ => {
            let message = format!("`{}` takes one value", clause.word.text);
            e.fail(Diagnostic::error(Code::WrongArgument, clause.word.span, message))
        }
    }
}

fn count(e: &mut Evaluator<'_>, clause: &Clause) -> Eval<usize> {
    let expr = single(e, clause)?;
    let reader = Reader::new(&clause.word.text, &[], clause.word.span);
    reader.count_of(e, "the number", expr, 1)
}

/// What is minimised, as one number for the batch.
fn loss(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<NodeId> {
    let value = e.eval(expr)?;
    if value.as_real().is_some() {
        return e.fail(
            Diagnostic::error(Code::NothingToMinimise, expr.span, "there is nothing to minimise: every term has weight 0")
                .hint("give at least one term a weight above 0"),
        );
    }
    let node = e.tensor(&value, expr.span)?;
    let ty = e.ty(node).clone();
    if !ty.batched && ty.shape.is_empty() {
        return Ok(node);
    }
    if ty.batched && ty.shape.is_empty() && ty.kind == crate::graph::Kind::Tensor {
        // One number a subject: its mean over the batch is what is meant.
        return e.batch_mean(node, expr.span);
    }
    let origin = e.origin(node);
    e.fail(
        Diagnostic::error(Code::ScalarExpected, expr.span, format!("what is minimised must be one number, found {ty}"))
            .also(origin, "made here")
            .hint("apply a loss: `mse(prediction, truth)`, `cross_entropy(prediction, truth)`, `kl(q, prior)`"),
    )
}

/// The terms of a sum, for the learning curves.
fn terms(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Vec<(String, NodeId)>> {
    let mut parts = Vec::new();
    collect(expr, &mut parts);
    if parts.len() < 2 {
        return Ok(Vec::new());
    }
    let mut terms = Vec::new();
    for part in parts {
        let value = e.eval(part)?;
        if value.as_real().is_some() {
            continue;
        }
        let mut node = e.tensor(&value, part.span)?;
        if e.ty(node).batched && e.ty(node).shape.is_empty() {
            node = e.batch_mean(node, part.span)?;
        }
        let text: String = e.sources.text(part.span).split_whitespace().collect::<Vec<_>>().join(" ");
        terms.push((text, node));
    }
    Ok(terms)
}

fn collect<'t>(expr: &'t Expr, into: &mut Vec<&'t Expr>) {
    match &expr.kind {
        ExprKind::Binary { op: BinaryOp::Add, left, right } => {
            collect(left, into);
            collect(right, into);
        }
        _ => into.push(expr),
    }
}

fn function<'t>(e: &mut Evaluator<'_>, expr: &'t Expr, what: &str, known: &[&str]) -> Eval<CallParts<'t>> {
    match call_parts(expr).filter(|p| p.receiver.is_none()) {
        Some(parts) if known.contains(&parts.name) => Ok(parts),
        Some(parts) => unknown_function(e, Code::UnknownName, what, parts.name, parts.name_span, known),
        None => {
            let message = format!("expected {what}: {}", known.join(", "));
            e.fail(Diagnostic::error(Code::WrongArgument, expr.span, message))
        }
    }
}

fn optimizer(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Optimizer> {
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
    reader.finish(e)?;
    Ok(optimizer)
}

fn schedule(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Schedule> {
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
fn keep(e: &mut Evaluator<'_>, clause: &Clause) -> Eval<Keep> {
    let [value] = clause.values.as_slice() else {
        return e.fail(Diagnostic::error(Code::WrongArgument, clause.word.span, "`keep` takes `best` or `last`"));
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
                return e.fail(Diagnostic::error(Code::UnknownMetric, words[1].span, format!("`{}` has no best", words[1].text)));
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

fn augment(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Augment> {
    let parts = function(e, expr, "augmentation", &["flip", "shift", "crop", "noise", "scale"])?;
    let mut reader = Reader::of(&parts);
    let augment = match parts.name {
        "flip" => Augment::Flip {
            axis: match reader.word(e, "axis", &["sagittal", "coronal", "axial"])?.unwrap_or("sagittal") {
                "coronal" => AxisName::Coronal,
                "axial" => AxisName::Axial,
                _ => AxisName::Sagittal,
            },
        },
        "shift" => Augment::Shift { voxels: reader.count(e, "voxels", 1)?.unwrap_or(2) },
        // A random crop of the padded image is a random shift.
        "crop" => Augment::Shift { voxels: reader.count(e, "jitter", 1)?.unwrap_or(4) },
        "noise" => Augment::Noise { sd: reader.real(e, "sd", 0.0, 1e6)?.unwrap_or(0.1) },
        _ => Augment::Scale { by: reader.real(e, "by", 0.0, 1.0)?.unwrap_or(0.1) },
    };
    reader.finish(e)?;
    Ok(augment)
}

fn sampling(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Sampling> {
    let parts = function(e, expr, "way to draw subjects", &["shuffled", "balanced"])?;
    let mut reader = Reader::of(&parts);
    let sampling = if parts.name == "balanced" {
        let Some(by) = reader.positional("by") else {
            return reader.missing(e, "by", "the class to balance: balanced(by: diagnosis)");
        };
        match e.eval(by)? {
            Value::Input(input) if matches!(e.inputs[input].source, InputSource::Column { .. }) => {
                Sampling::Balanced { by: e.inputs[input].name.clone() }
            }
            other => return e.expected("a target that is a class", &other, by.span),
        }
    } else {
        Sampling::Shuffled
    };
    reader.finish(e)?;
    Ok(sampling)
}

/// Modules at or below a path: `ad.Embed` is `ad.Embed.Linear`, ..., and `ad` is all of the model.
fn modules_below(e: &Evaluator<'_>, path: &str) -> Vec<(ModuleId, String)> {
    e.graph
        .modules
        .iter()
        .enumerate()
        .filter_map(|(index, module)| {
            let rest = module.path.strip_prefix(path)?;
            (rest.is_empty() || rest.starts_with('.')).then(|| (ModuleId(index as u32), rest.to_string()))
        })
        .collect()
}

/// Resolves paths of `init` and `freeze`, finds what each stage trains, and puts the stages in order.
pub(in crate::compile) fn finish(e: &mut Evaluator<'_>, drafts: Vec<Draft>) -> Eval<Vec<Stage>> {
    let mut stages: Vec<Stage> = Vec::with_capacity(drafts.len());
    let mut spans = Vec::with_capacity(drafts.len());
    // Which stages train which module.
    let mut trained_by: Vec<Vec<usize>> = vec![Vec::new(); e.graph.modules.len()];
    let mut used_by: Vec<Vec<ModuleId>> = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        let mut stage = draft.stage.clone();
        let live = e.graph.live([stage.loss]);
        let used = e.graph.live_modules(&live);
        let mut frozen: BTreeSet<ModuleId> = BTreeSet::new();
        for (path, span) in &draft.freeze {
            let below = modules_below(e, path);
            if below.is_empty() {
                return unknown_path(e, path, *span);
            }
            frozen.extend(below.iter().map(|(m, _)| *m));
        }
        stage.trainable = used.iter().copied().filter(|m| !frozen.contains(m)).collect();
        stage.frozen = used.iter().copied().filter(|m| frozen.contains(m)).collect();
        let moves = stage.trainable.iter().any(|m| e.graph.module(*m).parameters() > 0);
        if !moves {
            let why = if used.is_empty() { "no parameter is used by what is minimised" } else { "all that is minimised is frozen" };
            return e.fail(
                Diagnostic::error(Code::NothingToTrain, draft.minimize, format!("the stage trains nothing: {why}"))
                    .also(draft.span, "this stage"),
            );
        }
        for module in &stage.trainable {
            trained_by[module.index()].push(index);
        }
        let earlier = stages.iter().filter(|s: &&Stage| s.name == stage.name).count();
        if earlier > 0 {
            stage.name = format!("{}_{}", stage.name, earlier + 1);
        }
        used_by.push(used);
        spans.push(draft.span);
        stages.push(stage);
    }
    for (index, draft) in drafts.iter().enumerate() {
        for (to, from, span) in &draft.init {
            let targets = modules_below(e, to);
            let sources = modules_below(e, from);
            if targets.is_empty() {
                return unknown_path(e, to, *span);
            }
            if sources.is_empty() {
                return unknown_path(e, from, *span);
            }
            for (target, rest) in &targets {
                let Some((source, _)) = sources.iter().find(|(_, r)| r == rest) else {
                    let message = format!("`{from}` has no `{}`, which `{to}` has", rest.trim_start_matches('.'));
                    return e.fail(Diagnostic::error(Code::InitMismatch, *span, message));
                };
                let (a, b) = (e.graph.module(*target), e.graph.module(*source));
                if a.weights.iter().map(|w| &w.shape).ne(b.weights.iter().map(|w| &w.shape)) {
                    let show = |m: &crate::graph::Module| {
                        m.weights.iter().map(|w| crate::graph::show_shape(&w.shape)).collect::<Vec<_>>().join(", ")
                    };
                    let message = format!("`{}` holds {}, `{}` holds {}", a.path, show(a), b.path, show(b));
                    return e.fail(
                        Diagnostic::error(Code::InitMismatch, *span, message)
                            .hint("weights can only be taken from a module of the same shape"),
                    );
                }
                let Some(stage) = trained_by[source.index()].iter().copied().find(|s| *s != index) else {
                    let message = format!("no other stage trains `{}`", b.path);
                    return e.fail(Diagnostic::error(Code::InitMismatch, *span, message));
                };
                stages[index].init.push(StageInit { to: *target, from: *source, stage });
                if !stages[index].after.contains(&stage) {
                    stages[index].after.push(stage);
                }
            }
        }
        // What a stage uses without training it comes from the last stage that trained it before.
        let frozen = stages[index].frozen.clone();
        for module in frozen {
            match trained_by[module.index()].iter().copied().rfind(|s| *s != index) {
                Some(stage) => {
                    if !stages[index].after.contains(&stage) {
                        stages[index].after.push(stage);
                    }
                    stages[index].init.push(StageInit { to: module, from: module, stage });
                }
                None => {
                    let path = e.graph.module(module).path.clone();
                    return e.fail(
                        Diagnostic::error(Code::InitMismatch, draft.span, format!("`{path}` is frozen, and no stage trains it"))
                            .hint("train it in a stage of its own, or do not freeze it"),
                    );
                }
            }
        }
        // A later stage of the same model goes on from the earlier one.
        for module in &used_by[index] {
            let already = stages[index].init.iter().any(|i| i.to == *module);
            let before = trained_by[module.index()].iter().copied().rfind(|s| *s < index);
            if let (false, Some(stage)) = (already, before) {
                stages[index].init.push(StageInit { to: *module, from: *module, stage });
                if !stages[index].after.contains(&stage) {
                    stages[index].after.push(stage);
                }
            }
        }
    }
    order(e, stages, &spans)
}

fn unknown_path<T>(e: &mut Evaluator<'_>, path: &str, span: Span) -> Eval<T> {
    let paths: Vec<String> = e.graph.modules.iter().map(|m| m.path.clone()).collect();
    let mut known: Vec<&str> = Vec::new();
    for full in &paths {
        for (at, _) in full.match_indices('.').chain([(full.len(), "")]) {
            if !known.contains(&&full[..at]) {
                known.push(&full[..at]);
            }
        }
    }
    let hint = match nearest(path, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there is {}", known.iter().take(12).copied().collect::<Vec<_>>().join(", ")),
    };
    e.fail(Diagnostic::error(Code::UnknownField, span, format!("no module has the path `{path}`")).hint(hint))
}

/// Stages in an order in which each comes after those it takes weights from.
fn order(e: &mut Evaluator<'_>, stages: Vec<Stage>, spans: &[Span]) -> Eval<Vec<Stage>> {
    let mut placed: Vec<usize> = Vec::with_capacity(stages.len());
    while placed.len() < stages.len() {
        let next = (0..stages.len()).find(|i| !placed.contains(i) && stages[*i].after.iter().all(|a| placed.contains(a)));
        match next {
            Some(next) => placed.push(next),
            None => {
                let waiting: Vec<usize> = (0..stages.len()).filter(|i| !placed.contains(i)).collect();
                let names: Vec<&str> = waiting.iter().map(|i| stages[*i].name.as_str()).collect();
                let message = format!("the stages {} wait for one another", names.join(" and "));
                return e.fail(Diagnostic::error(Code::StageCycle, spans[waiting[0]], message));
            }
        }
    }
    let new_position = |old: usize| placed.iter().position(|p| *p == old).unwrap_or(0);
    Ok(placed
        .iter()
        .map(|old| {
            let mut stage = stages[*old].clone();
            stage.after = stage.after.iter().map(|a| new_position(*a)).collect();
            for init in &mut stage.init {
                init.stage = new_position(init.stage);
            }
            stage
        })
        .collect())
}
