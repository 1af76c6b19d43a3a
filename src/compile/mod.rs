//! Text to program: names, compile-time values, blocks, shapes, absence, leaks; every error at once.
//!
//! ```text
//!  text ─▶ 1. load      files that `use` and `extends` name, parsed           Unit
//!       ─▶ 2. sweep     which settings each variant has                       Draft
//!       ─▶ 3. evaluate  one variant: cohorts, inputs, models, stages, ...     Program
//!       ─▶ 4. lint      what nothing uses                                     warnings
//! ```
//!
//! The compiler reads no file and touches no device: texts and tables come through [`World`].

mod code;
mod declare;
mod diagnostic;
mod evaluate;
mod layers;
mod reader;
mod render;
mod unit;
mod value;
mod world;

pub use code::Code;
pub use diagnostic::{Diagnostic, Label, Severity, Source, Sources};
pub use layers::{LayerRow, ModelTable, model_tables};
pub use render::{JsonDiagnostic, JsonLabel, json_diagnostics, render};
pub use world::{ColumnSummary, EmptyWorld, TableSummary, World};

use crate::program::{Analysis, Experiment, Program, Sweep};
use crate::syntax::{DeclarationKind, Expr, ExprKind, Name, Span, nearest};
use declare::{analysis, cohort, param, protocol, score, stage, sweep};
use evaluate::{Evaluator, Reported};
use indexmap::IndexMap;
use unit::{Loader, Unit, declared_name};
use value::Value;

/// What compiling gives: a program where there is no error, and everything there is to say.
#[derive(Debug, Clone, Default)]
pub struct Compilation {
    /// The program, unless there are errors.
    pub experiment: Option<Experiment>,
    /// The file as it stands, without any sweep, unless it has errors of its own.
    pub base: Option<Program>,
    /// Errors and warnings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that took part.
    pub sources: Sources,
}

impl Compilation {
    /// Whether there is an error.
    pub fn failed(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }
}

/// Compiles a file. `settings` are `--set name=value`, as text.
pub fn compile(name: &str, text: &str, settings: &[(String, String)], world: &dyn World) -> Compilation {
    let mut sources = Sources::default();
    let mut diagnostics = Vec::new();
    let unit = Loader::new(world, &mut sources, &mut diagnostics).main(name, text);
    let given = given_settings(&unit, settings, &mut diagnostics);

    // The file as it stands comes first: its errors are those of every variant.
    let mut used = vec![false; unit.declarations.len()];
    let mut base_run = Variant::evaluate(&unit, &sources, world, given.clone(), "base", IndexMap::new(), &mut used);
    let mut sweeps = Vec::new();
    let mut variants: Vec<Program> = Vec::new();
    for draft in std::mem::take(&mut base_run.sweeps) {
        let mut indices = Vec::with_capacity(draft.variants.len());
        for settings in &draft.variants {
            let mut all = given.clone();
            all.extend(settings.clone());
            let spelled: IndexMap<String, String> =
                settings.iter().map(|(k, v)| (k.clone(), base_run.spell(v))).collect();
            let variant = match spelled.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>() {
                parts if parts.is_empty() => "base".to_string(),
                parts => parts.join(","),
            };
            if let Some(existing) = variants.iter().position(|v| v.variant == variant) {
                indices.push(existing);
                continue;
            }
            let run = Variant::evaluate(&unit, &sources, world, all, &variant, spelled, &mut used);
            for mut diagnostic in run.diagnostics {
                let known = |d: &Diagnostic| d.code == diagnostic.code && d.span() == diagnostic.span();
                if !base_run.diagnostics.iter().any(known) {
                    diagnostic.variant = Some(variant.clone());
                    diagnostic = diagnostic.also(draft.span, format!("in the variant {variant} of this sweep"));
                    base_run.diagnostics.push(diagnostic);
                }
            }
            if let Some(program) = run.program {
                indices.push(variants.len());
                variants.push(program);
            }
        }
        sweeps.push(Sweep {
            name: draft.name.clone(),
            variants: indices,
            compare: draft.compare.iter().map(|(item, _)| item.clone()).collect(),
            test: draft.test,
        });
    }
    diagnostics.append(&mut base_run.diagnostics);
    if !diagnostics.iter().any(|d| d.severity == Severity::Error) {
        lint(&unit, &used, base_run.program.as_ref(), &mut diagnostics);
    }
    diagnostics.sort_by_key(|d| (d.span().source, d.span().start, d.code));
    diagnostics.dedup_by(|a, b| a.code == b.code && a.labels.first() == b.labels.first() && a.message == b.message);

    let failed = diagnostics.iter().any(|d| d.severity == Severity::Error);
    let base = base_run.program;
    if variants.is_empty() {
        variants.extend(base.clone());
    }
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let experiment = (!failed && !variants.is_empty()).then(|| Experiment {
        name: stem.strip_suffix(".fx").unwrap_or(stem).to_string(),
        doc: unit.doc.clone(),
        variants,
        sweeps,
    });
    Compilation { experiment, base, diagnostics, sources }
}

/// `--set` as values; names that no parameter has are errors.
fn given_settings(unit: &Unit, settings: &[(String, String)], diagnostics: &mut Vec<Diagnostic>) -> IndexMap<String, Value> {
    let mut given = IndexMap::new();
    for (name, value) in settings {
        let position = unit.resolve(0, name);
        let is_param = position
            .is_some_and(|p| matches!(unit.declarations[p].declaration.kind, DeclarationKind::Param { .. }));
        if !is_param {
            let known: Vec<&str> = unit
                .declarations
                .iter()
                .filter(|d| d.scope == 0)
                .filter_map(|d| match &d.declaration.kind {
                    DeclarationKind::Param { name, .. } => Some(name.text.as_str()),
                    _ => None,
                })
                .collect();
            let hint = match nearest(name, &known) {
                Some(near) => format!("did you mean `--set {near}={value}`?"),
                None if known.is_empty() => "the file declares no `param`".to_string(),
                None => format!("its parameters are {}", known.join(", ")),
            };
            let message = format!("`--set {name}={value}`: the file has no parameter `{name}`");
            diagnostics.push(Diagnostic::error(Code::UnknownParam, Span::default(), message).hint(hint));
            continue;
        }
        given.insert(name.clone(), param::parse_setting(value));
    }
    given
}

/// One variant, evaluated.
struct Variant {
    program: Option<Program>,
    diagnostics: Vec<Diagnostic>,
    sweeps: Vec<sweep::Draft>,
    input_names: Vec<String>,
    block_names: IndexMap<usize, String>,
}

impl Variant {
    fn evaluate(
        unit: &Unit,
        sources: &Sources,
        world: &dyn World,
        settings: IndexMap<String, Value>,
        variant: &str,
        spelled: IndexMap<String, String>,
        used: &mut [bool],
    ) -> Self {
        let mut e = Evaluator::new(unit, sources, world, settings);
        let outcome = program(&mut e, variant, spelled);
        for (all, now) in used.iter_mut().zip(&e.used) {
            *all |= now;
        }
        let (program, sweeps) = match outcome {
            Ok((program, sweeps)) => (Some(program), sweeps),
            Err((Reported, sweeps)) => (None, sweeps),
        };
        let input_names = e.inputs.iter().map(|i| i.name.clone()).collect();
        let block_names = unit
            .declarations
            .iter()
            .enumerate()
            .filter_map(|(i, d)| declared_name(&d.declaration.kind).map(|n| (i, n.text.clone())))
            .collect();
        let failed = e.diagnostics.iter().any(|d| d.severity == Severity::Error);
        Self { program: program.filter(|_| !failed), diagnostics: e.diagnostics, sweeps, input_names, block_names }
    }

    /// A setting as the file spells it.
    fn spell(&self, value: &Value) -> String {
        match value {
            Value::Input(input) => self.input_names.get(*input).cloned().unwrap_or_default(),
            Value::Block(position) => self.block_names.get(position).cloned().unwrap_or_default(),
            Value::Operator(stanza) => stanza.name.to_string(),
            Value::Group(inputs) => {
                let names: Vec<&str> = inputs.iter().filter_map(|i| self.input_names.get(*i)).map(String::as_str).collect();
                format!("[{}]", names.join(", "))
            }
            Value::List(items) => format!("[{}]", items.iter().map(|i| self.spell(i)).collect::<Vec<_>>().join(", ")),
            other => value::spell(other),
        }
    }
}

type Programmed = Result<(Program, Vec<sweep::Draft>), (Reported, Vec<sweep::Draft>)>;

/// All declarations of the main scope, kind by kind; a broken one does not keep the others from being checked.
fn program(e: &mut Evaluator<'_>, variant: &str, spelled: IndexMap<String, String>) -> Programmed {
    let unit = e.unit;
    let main: Vec<usize> = (0..unit.declarations.len()).filter(|i| unit.declarations[*i].scope == 0).collect();
    let kind = |i: &usize| &unit.declarations[*i].declaration.kind;
    let mut broken = false;

    for i in &main {
        if let DeclarationKind::Cohort { name, source, clauses } = kind(i) {
            match cohort::cohort(e, name, source, clauses) {
                Ok(cohort) => e.cohorts.push(cohort),
                Err(Reported) => broken = true,
            }
        }
    }
    // Inputs in the order of the file, so that they have the same places in every variant.
    for pass in 0..3 {
        for i in &main {
            let wanted = match kind(i) {
                DeclarationKind::Input { .. } => pass == 0,
                DeclarationKind::Param { .. } | DeclarationKind::Group { .. } => pass == 1,
                DeclarationKind::Model { .. } => pass == 2,
                _ => false,
            };
            if wanted {
                // Looking at a declaration is no use of it.
                let before = e.used[*i];
                broken |= e.global(*i, unit.declarations[*i].declaration.span).is_err();
                if pass < 2 {
                    e.used[*i] = before;
                }
            }
        }
    }
    let mut protocols = main.iter().filter_map(|i| match kind(i) {
        DeclarationKind::Protocol { name, scheme } => Some((name, scheme)),
        _ => None,
    });
    let protocol = match protocols.next() {
        Some((_, scheme)) => protocol::protocol(e, scheme),
        None => Ok(protocol::default()),
    };
    if let Some((name, _)) = protocols.next() {
        let message = "a file has one protocol";
        e.diagnostics.push(Diagnostic::error(Code::TwiceDeclared, name.span, message));
    }
    let mut drafts = Vec::new();
    for i in &main {
        if let DeclarationKind::Train { model, on, clauses } = kind(i) {
            match e.under_stage(model, |e| stage::stage(e, model, on, clauses)) {
                Ok(draft) => drafts.push(draft),
                Err(Reported) => broken = true,
            }
        }
    }
    let mut sweeps = Vec::new();
    let (Ok(protocol), false) = (protocol, broken) else {
        for i in &main {
            if let DeclarationKind::Sweep { name, axes, clauses } = kind(i) {
                // Told for its errors; its variants would only repeat those of the file.
                let _ = sweep::sweep(e, name, axes, clauses);
            }
        }
        return Err((Reported, Vec::new()));
    };
    let stages = match stage::finish(e, drafts) {
        Ok(stages) => stages,
        Err(Reported) => return Err((Reported, sweeps)),
    };
    let mut trained_on: Vec<String> = stages.iter().flat_map(|s| s.cohorts.clone()).collect();
    if stages.iter().any(|s| s.cohorts.is_empty()) {
        trained_on.extend(e.cohorts.iter().map(|c| c.name.clone()));
    }

    let mut scores = Vec::new();
    for i in &main {
        if let DeclarationKind::Score { of, on, items } = kind(i) {
            match score::score(e, of, on.as_ref(), items, &protocol) {
                Ok(score) => scores.push(score),
                Err(Reported) => broken = true,
            }
        }
    }
    let (analyses, failed) = analyses(e, &main, &protocol, &trained_on);
    broken |= failed;
    let metrics: Vec<_> = scores.iter().flat_map(|s| s.metrics.clone()).collect();
    for i in &main {
        if let DeclarationKind::Sweep { name, axes, clauses } = kind(i) {
            match sweep::sweep(e, name, axes, clauses) {
                Ok(draft) => {
                    broken |= sweep::check_compare(e, &draft, &metrics, &analyses).is_err();
                    sweeps.push(draft);
                }
                Err(Reported) => broken = true,
            }
        }
    }
    if broken {
        return Err((Reported, sweeps));
    }
    let mut params = IndexMap::new();
    for i in &main {
        if let DeclarationKind::Param { name, .. } = kind(i) {
            let before = e.used[*i];
            if let Ok(value) = e.global(*i, name.span) {
                params.insert(name.text.clone(), sweep::spell_setting(e, &value));
            }
            e.used[*i] = before;
        }
    }
    live_roots(e, &stages);
    let program = Program {
        variant: variant.to_string(),
        settings: spelled,
        params,
        cohorts: e.cohorts.clone(),
        inputs: e.inputs.clone(),
        at_least_one: e.at_least_one.iter().map(|set| set.iter().copied().collect()).collect(),
        graph: e.graph.clone(),
        models: e.models.clone(),
        stages,
        protocol,
        scores,
        analyses,
    };
    Ok((program, sweeps))
}

/// Analyses in an order in which each comes after those it reads.
fn analyses(
    e: &mut Evaluator<'_>,
    main: &[usize],
    protocol: &crate::program::Protocol,
    trained_on: &[String],
) -> (Vec<Analysis>, bool) {
    let unit = e.unit;
    let mut waiting: Vec<(&Name, &[Expr])> = main
        .iter()
        .filter_map(|i| match &unit.declarations[*i].declaration.kind {
            DeclarationKind::Analysis { name, calls } => Some((name, calls.as_slice())),
            _ => None,
        })
        .collect();
    let mut done: Vec<Analysis> = Vec::new();
    let mut broken: Vec<String> = Vec::new();
    while !waiting.is_empty() {
        let names: Vec<String> = waiting.iter().map(|(n, _)| n.text.clone()).collect();
        let ready = waiting
            .iter()
            .position(|(own, calls)| {
                !calls.iter().any(|c| names.iter().any(|n| (*n != own.text || calls.len() > 1) && *n != own.text && mentions(c, n)))
            })
            .unwrap_or(0);
        let (name, calls) = waiting.remove(ready);
        // What reads a broken analysis would only repeat its error.
        if calls.iter().any(|c| broken.iter().any(|b| mentions(c, b))) {
            broken.push(name.text.clone());
            continue;
        }
        match analysis::analysis(e, name, calls, protocol, &done, trained_on) {
            Ok(analysis) => done.push(analysis),
            Err(Reported) => broken.push(name.text.clone()),
        }
    }
    (done, !broken.is_empty())
}

/// Whether an expression names something.
fn mentions(expr: &Expr, name: &str) -> bool {
    match &expr.kind {
        ExprKind::Name(n) => n == name,
        ExprKind::Field { of, .. } => mentions(of, name),
        ExprKind::Call { callee, arguments } => mentions(callee, name) || arguments.iter().any(|a| mentions(&a.value, name)),
        ExprKind::Index { of, by } => mentions(of, name) || by.iter().any(|b| mentions(b, name)),
        ExprKind::Binary { left, right, .. } => mentions(left, name) || mentions(right, name),
        ExprKind::List(items) => items.iter().any(|i| mentions(i, name)),
        ExprKind::Pipe { input, stage } => mentions(input, name) || mentions(stage, name),
        ExprKind::For { over, body, .. } => {
            mentions(over, name) || body.result.as_ref().is_some_and(|r| mentions(r, name))
        }
        _ => false,
    }
}

/// What of each model is alive: outputs that a loss, a score or an analysis reads; all where nothing does.
fn live_roots(e: &mut Evaluator<'_>, stages: &[crate::program::Stage]) {
    let live = e.graph.live(stages.iter().map(|s| s.loss));
    let read = e.read.clone();
    for model in &mut e.models {
        let all: Vec<_> = model.outputs.iter().flat_map(|o| o.members.iter().map(|(_, n)| *n)).collect();
        let roots: Vec<_> = all.iter().copied().filter(|n| live[n.index()] || read.contains(n)).collect();
        model.live_roots = if roots.is_empty() { all } else { roots };
    }
}

/// Warnings about what nothing uses.
fn lint(unit: &Unit, used: &[bool], program: Option<&Program>, diagnostics: &mut Vec<Diagnostic>) {
    for (declared, used) in unit.declarations.iter().zip(used) {
        if *used || declared.scope != 0 {
            continue;
        }
        let (code, name, what) = match &declared.declaration.kind {
            DeclarationKind::Param { name, .. } => (Code::UnusedParam, name, "parameter"),
            DeclarationKind::Input { name, .. } => (Code::UnusedInput, name, "input"),
            DeclarationKind::Block(block) => (Code::UnusedBlock, &block.name, "block"),
            DeclarationKind::Loss { name, .. } => (Code::UnusedBlock, name, "loss"),
            DeclarationKind::Group { name, .. } => (Code::UnusedInput, name, "group"),
            _ => continue,
        };
        diagnostics.push(
            Diagnostic::error(code, name.span, format!("nothing uses the {what} `{}`", name.text))
                .hint("remove it, or use it"),
        );
    }
    let Some(program) = program else { return };
    for (index, model) in program.models.iter().enumerate() {
        let trained = program.stages.iter().any(|s| {
            let live = program.graph.live(model.live_roots.iter().copied());
            s.model == index || program.graph.live_modules(&live).iter().any(|m| s.trainable.contains(m))
        });
        let asked = program.scores.iter().any(|s| s.model == index) || !program.analyses.is_empty();
        if !trained && asked {
            let place = unit.resolve(0, &model.name).and_then(|p| declared_name(&unit.declarations[p].declaration.kind));
            if let Some(name) = place {
                diagnostics.push(
                    Diagnostic::error(Code::NoTraining, name.span, format!("nothing trains the model `{}`", model.name))
                        .hint(format!("add: train {} {{ minimize .. }}", model.name)),
                );
            }
        }
    }
    if !program.stages.is_empty() && program.scores.is_empty() && program.analyses.is_empty() {
        let place = unit.declarations.iter().find_map(|d| match &d.declaration.kind {
            DeclarationKind::Train { model, .. } if d.scope == 0 => Some(model),
            _ => None,
        });
        if let Some(model) = place {
            diagnostics.push(
                Diagnostic::error(Code::NoScore, model.span, "the file trains and asks nothing of the result")
                    .hint(format!("add for example: score {}: auc", model.text)),
            );
        }
    }
}
