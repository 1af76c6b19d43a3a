//! One variant: every declaration of the main scope, kind by kind, into a [`Program`].
//!
//! A broken declaration gives nothing and has told so; whatever reads it stays silent ([`Reported`]), and everything
//! else is still looked at, so that one pass tells all independent mistakes.

use super::declare::{
    analysis, baseline, centred, cohort, compare, ensemble, facts, leak, order, packed, pair, param, patches, protocol,
    score, search, stage, sweep, target,
};
use super::diagnostic::{Diagnostic, Severity, Sources};
use super::evaluate::{Checkpoints, Eval, Evaluator, PackedModel, Reported};
use super::record::Record;
use super::unit::Unit;
use super::value::Value;
use super::world::Tables;
use crate::program::{Analysis, Ensemble, ModelComparison, Program, Protocol, ProtocolKind, Score, Stage};
use fascicle_syntax::{DeclarationKind, Expr, ExprKind, Name};
use indexmap::IndexMap;

/// One variant, evaluated.
pub(super) struct Variant<'a> {
    /// The program, unless something is broken.
    pub program: Option<Program>,
    /// Its mistakes.
    pub diagnostics: Vec<Diagnostic>,
    /// The file's sweeps, not yet compiled; empty where the file itself is broken.
    pub sweeps: Vec<sweep::Draft>,
    /// What is looked for in every fold.
    pub searches: Vec<search::Draft>,
    /// Where other variants may begin.
    pub checkpoints: Checkpoints<'a>,
    /// What was seen of each expression, where that was asked for.
    pub record: Option<Record>,
    used: Vec<bool>,
}

/// What a variant of a sweep sets.
pub(super) struct Set {
    /// Its name: `fusion=film,width=8`.
    pub name: String,
    /// The values, with those of `--set`.
    pub settings: IndexMap<String, Value>,
    /// The sweep's own, as the file spells them.
    pub spelled: IndexMap<String, String>,
    /// Whether what it gives is recorded.
    pub recorded: bool,
}

impl<'a> Variant<'a> {
    /// Evaluates the file as it stands, sweeps included.
    pub(super) fn base(
        unit: &'a Unit,
        sources: &'a Sources,
        tables: &'a Tables<'a>,
        settings: IndexMap<String, Value>,
        recorded: bool,
    ) -> Self {
        let mut e = Evaluator::new(unit, sources, tables, settings);
        e.recorder = recorded.then(Box::default);
        Self::of(e, Checkpoints::default(), 0, "base", IndexMap::new(), true)
    }

    /// Evaluates the file with a sweep's settings.
    pub(super) fn evaluate(unit: &'a Unit, sources: &'a Sources, tables: &'a Tables<'a>, set: Set) -> Self {
        let recorded = set.recorded;
        let mut e = Evaluator::new(unit, sources, tables, set.settings);
        e.recorder = recorded.then(Box::default);
        Self::of(e, Checkpoints::default(), 0, &set.name, set.spelled, false)
    }

    /// The same, beginning where it parts from the one of `others` that goes furthest with it. `base` is the file as it stands.
    /// `None` where none goes any way with it.
    pub(super) fn branch(others: &[(&Checkpoints<'a>, &Program)], base: &Self, set: &Set) -> Option<Self> {
        let base = base.program.as_ref()?;
        let value = |spelled: &IndexMap<String, String>, name: &str| {
            spelled.get(name).or_else(|| base.params.get(name)).cloned()
        };
        let differs = |other: &Program, name: &str| value(&set.spelled, name) != value(&other.settings, name);
        let furthest =
            others.iter().max_by_key(|(checkpoints, other)| checkpoints.reaches(&|name| differs(other, name)));
        let (checkpoints, other) = furthest?;
        let (mut e, checkpoints, models) =
            checkpoints.resume(&other.graph, set.settings.clone(), &|name| differs(other, name))?;
        e.recorder = set.recorded.then(Box::default);
        Some(Self::of(e, checkpoints, models, &set.name, set.spelled.clone(), false))
    }

    /// `models` of the file's models are evaluated already.
    fn of(
        mut e: Evaluator<'a>,
        mut checkpoints: Checkpoints<'a>,
        models: usize,
        name: &str,
        spelled: IndexMap<String, String>,
        swept: bool,
    ) -> Self {
        let main = (0..e.unit.declarations.len()).filter(|i| e.unit.declarations[*i].scope == 0).collect();
        let assembly = Assembly { main, broken: false, swept };
        let (program, sweeps, searches) = assembly.program(&mut e, &mut checkpoints, models, name, spelled);
        let failed = e.diagnostics.iter().any(|d| d.severity == Severity::Error);
        let (sweeps, searches) = if failed { (Vec::new(), Vec::new()) } else { (sweeps, searches) };
        checkpoints.finish(std::mem::take(&mut e.origins));
        let program = program.filter(|_| !failed);
        let inputs = e.inputs.iter().map(|input| input.name.clone()).collect();
        let record = e.recorder.take().map(|recorder| recorder.finish(name, inputs));
        Self { program, diagnostics: e.diagnostics, sweeps, searches, checkpoints, record, used: e.used }
    }

    /// Adds the declarations that it used.
    pub(super) fn mark_used(&self, used: &mut [bool]) {
        for (all, own) in used.iter_mut().zip(&self.used) {
            *all |= own;
        }
    }
}

/// The work on one variant.
struct Assembly {
    /// Positions of the main scope's declarations.
    main: Vec<usize>,
    /// Whether anything failed.
    broken: bool,
    /// Whether sweeps are looked at: in the file as it stands, not again in each of its variants.
    swept: bool,
}

impl Assembly {
    fn keep<T>(&mut self, result: Eval<T>) -> Option<T> {
        self.broken |= result.is_err();
        result.ok()
    }

    /// `models` of the file's models are evaluated already, and all that comes before them.
    fn program<'a>(
        mut self,
        e: &mut Evaluator<'a>,
        checkpoints: &mut Checkpoints<'a>,
        models: usize,
        variant: &str,
        spelled: IndexMap<String, String>,
    ) -> (Option<Program>, Vec<sweep::Draft>, Vec<search::Draft>) {
        if models == 0 {
            self.cohorts(e);
            self.inputs(e);
            let alike = centred::masks(e);
            self.keep(alike);
            let settled = patches::settle(e, &self.main);
            self.keep(settled);
        }
        self.settable(e);
        self.models(e, checkpoints, models);
        self.pairings(e);
        // What only training could answer would be asked in vain.
        let trains_nothing = packed::trains_nothing(e, &self.main);
        if self.keep(trains_nothing).is_none() {
            return (None, Vec::new(), Vec::new());
        }
        let read = packed::columns(e);
        self.keep(read);
        let trained_on = self.trained_on(e);
        let (protocol, known) = self.protocol(e, &trained_on);
        let stages = self.stages(e);
        if let Some(stages) = &stages {
            let fitted_on = baseline::cohorts(e, stages);
            self.keep(fitted_on);
        }
        let mut scores = self.scores(e, &protocol);
        let ensembles = self.ensembles(e, &protocol, stages.as_deref(), &mut scores);
        let (analyses, failed) = analyses(e, &self.main, &protocol, &trained_on);
        self.broken |= failed;
        let comparisons = self.comparisons(e, &protocol, &trained_on, &scores);
        let scored = (!self.broken).then_some((scores.as_slice(), analyses.as_slice()));
        let sweeps = self.sweeps(e, scored);
        let searches = self.searches(e, &protocol, &trained_on, stages.as_deref());
        let Some(stages) = stages.filter(|_| !self.broken && known) else { return (None, Vec::new(), Vec::new()) };
        let leaks = [leak::people(e, &trained_on), leak::columns(e, &stages)].into_iter().collect::<Eval<()>>();
        if self.keep(leaks).is_none() {
            return (None, Vec::new(), Vec::new());
        }
        let params = self.params(e);
        live_roots(e, &stages);
        let program = Program {
            variant: variant.to_string(),
            settings: spelled,
            params,
            cohorts: e.cohorts.clone(),
            inputs: e.inputs.clone(),
            at_least_one: e.at_least_one.iter().map(|set| set.iter().copied().collect()).collect(),
            graph: std::mem::take(&mut e.graph),
            models: e.models.clone(),
            stages,
            baselines: e.baselines.clone(),
            protocol,
            ensembles,
            searches: searches.iter().map(|draft| draft.search.clone()).collect(),
            scores,
            analyses,
            comparisons,
            used: e.packed.iter().map(PackedModel::used).collect(),
        };
        // Only the whole program says what its outputs are compared with.
        let told = [
            facts::facts(e, &program, &trained_on),
            target::predicted(e, &program),
            target::views(e, &program),
            patches::checked(e, &program),
        ];
        if self.keep(told.into_iter().collect::<Eval<()>>()).is_none() {
            return (None, Vec::new(), Vec::new());
        }
        let deviations = analysis::deviations(e, &program);
        (self.keep(deviations).map(|()| program), sweeps, searches)
    }

    fn cohorts(&mut self, e: &mut Evaluator<'_>) {
        let unit = e.unit;
        for i in &self.main {
            if let DeclarationKind::Cohort { name, source, clauses } = &unit.declarations[*i].declaration.kind {
                match cohort::cohort(e, name, source, clauses) {
                    Ok(cohort) => e.cohorts.push(cohort),
                    Err(Reported) => self.broken = true,
                }
            }
        }
        e.cohorts_known = true;
    }

    /// Inputs in the order of the file, so that they have the same places in every variant.
    fn inputs(&mut self, e: &mut Evaluator<'_>) {
        self.look_at(e, |kind| matches!(kind, DeclarationKind::Input { .. }));
    }

    /// Params and groups, used or not.
    fn settable(&mut self, e: &mut Evaluator<'_>) {
        self.look_at(e, |kind| matches!(kind, DeclarationKind::Param { .. } | DeclarationKind::Group { .. }));
    }

    /// Evaluates declarations for what is wrong with them: to look at one is no use of it, and does not consult it.
    fn look_at(&mut self, e: &mut Evaluator<'_>, wanted: impl Fn(&DeclarationKind) -> bool) {
        let unit = e.unit;
        for i in &self.main {
            let declaration = &unit.declarations[*i].declaration;
            if wanted(&declaration.kind) {
                let (used, consulted) = (e.used[*i], e.consulted.contains(i));
                self.broken |= e.global(*i, declaration.span).is_err();
                e.used[*i] = used;
                if !consulted {
                    e.consulted.remove(i);
                }
            }
        }
    }

    /// Models and baselines in the order of the file, the first `done` of them evaluated already; behind each other variants may part.
    fn models<'a>(&mut self, e: &mut Evaluator<'a>, checkpoints: &mut Checkpoints<'a>, done: usize) {
        let unit = e.unit;
        let models = self.main.iter().filter(|i| {
            let kind = &unit.declarations[**i].declaration.kind;
            use DeclarationKind as D;
            matches!(kind, D::Model { .. } | D::Baseline { .. } | D::UseModel { .. })
        });
        // What sweeps and searches set: where all of it has been consulted, no other variant begins.
        let axes = self.main.iter().filter_map(|i| match &unit.declarations[*i].declaration.kind {
            DeclarationKind::Sweep { axes, .. } | DeclarationKind::Search { axes, .. } => {
                Some(axes.iter().flat_map(|axis| &axis.names))
            }
            _ => None,
        });
        let varied: Vec<usize> = axes.flatten().filter_map(|name| unit.resolve(0, &name.text)).collect();
        for (index, i) in models.enumerate().skip(done) {
            self.broken |= e.global(*i, unit.declarations[*i].declaration.span).is_err();
            if !self.broken && varied.iter().any(|position| !e.consulted.contains(position)) {
                checkpoints.pass(e, index + 1);
            }
        }
    }

    /// What a cohort says of its images, now that these are known.
    fn pairings(&mut self, e: &mut Evaluator<'_>) {
        let unit = e.unit;
        for i in &self.main {
            if let DeclarationKind::Cohort { name, clauses, .. } = &unit.declarations[*i].declaration.kind {
                self.broken |= pair::pair(e, &name.text, clauses).is_err();
            }
        }
    }

    /// The protocol, and whether it is the file's: one that is broken is replaced by one that has every subset, so
    /// that scores are not blamed for it.
    fn protocol(&mut self, e: &mut Evaluator<'_>, trained_on: &[String]) -> (Protocol, bool) {
        let unit = e.unit;
        let mut schemes = self.main.iter().filter_map(|i| match &unit.declarations[*i].declaration.kind {
            DeclarationKind::Protocol { scheme, .. } => Some(scheme),
            _ => None,
        });
        let Some(scheme) = schemes.next_back() else {
            // Nobody is divided where packed models are used: what their runs are called is known from their files. Of several
            // that one counts by which all are told apart.
            let packed = e.packed.iter().map(|packed| &packed.contents.program.protocol);
            let packed = packed.reduce(|most, next| if next.repeats > most.repeats { next } else { most });
            return (packed.cloned().unwrap_or_else(protocol::default), true);
        };
        match protocol::protocol(e, scheme, trained_on) {
            Ok(protocol) => (protocol, true),
            Err(Reported) => (Protocol::new(ProtocolKind::kfold(2, 0.1, 1)), false),
        }
    }

    /// The ensembles, each with the scores that are taken of it.
    fn ensembles(
        &mut self,
        e: &mut Evaluator<'_>,
        protocol: &Protocol,
        stages: Option<&[Stage]>,
        scores: &mut Vec<Score>,
    ) -> Vec<Ensemble> {
        let unit = e.unit;
        let mut ensembles = Vec::new();
        // A broken score has told so; that the ensemble then has none would be said in vain.
        if self.broken {
            return ensembles;
        }
        for i in self.main.clone() {
            if let DeclarationKind::Ensemble { model, over, arguments } = &unit.declarations[i].declaration.kind {
                let judged = ensemble::Judged { protocol, stages: stages.unwrap_or_default(), scores };
                let compiled = ensemble::ensemble(e, model, over, arguments, &judged);
                let Some((ensemble, asked)) = self.keep(compiled) else { continue };
                let place = Some(ensembles.len());
                ensembles.push(ensemble);
                scores.extend(asked.into_iter().map(|score| Score { ensemble: place, ..score }));
            }
        }
        ensembles
    }

    fn stages(&mut self, e: &mut Evaluator<'_>) -> Option<Vec<Stage>> {
        let unit = e.unit;
        let mut drafts = Vec::new();
        let mut failed = false;
        for i in &self.main {
            if let DeclarationKind::Train { model, on, clauses } = &unit.declarations[*i].declaration.kind {
                match e.with_stage(model, |e| stage::stage(e, model, on, clauses)) {
                    Ok(draft) => drafts.push(draft),
                    Err(Reported) => failed = true,
                }
            }
        }
        if failed {
            self.broken = true;
            return None;
        }
        let stages = order::finish(e, &drafts);
        self.keep(stages)
    }

    /// Names of the cohorts that some stage or baseline is trained on, as far as the text says: all where one names none.
    fn trained_on(&self, e: &Evaluator<'_>) -> Vec<String> {
        let mut names = Vec::new();
        for i in &self.main {
            if let DeclarationKind::Train { on, .. } = &e.unit.declarations[*i].declaration.kind {
                match on.as_slice() {
                    [] => names.extend(e.cohorts.iter().map(|c| c.name.clone())),
                    on => names.extend(on.iter().map(|n| n.text.clone())),
                }
            }
        }
        names.extend(e.baselines.iter().flat_map(|baseline| baseline.cohorts.iter().cloned()));
        // A baseline that names none is fitted on those that the stages train on, or on all.
        if names.is_empty() && !e.baselines.is_empty() {
            names.extend(e.cohorts.iter().map(|c| c.name.clone()));
        }
        names
    }

    fn scores(&mut self, e: &mut Evaluator<'_>, protocol: &Protocol) -> Vec<Score> {
        let unit = e.unit;
        let trained = self.trained_on(e);
        let mut scores = Vec::new();
        for i in self.main.clone() {
            if let DeclarationKind::Score { of, on, items } = &unit.declarations[i].declaration.kind {
                for of in of {
                    let score = score::score(e, of, on.as_ref(), items, protocol, &trained);
                    scores.extend(self.keep(score));
                }
            }
        }
        scores
    }

    /// The comparisons of models; a broken score has told so, and would be missed here in vain.
    fn comparisons(
        &mut self,
        e: &mut Evaluator<'_>,
        protocol: &Protocol,
        trained_on: &[String],
        scores: &[Score],
    ) -> Vec<ModelComparison> {
        let unit = e.unit;
        let mut comparisons = Vec::new();
        if self.broken {
            return comparisons;
        }
        for i in self.main.clone() {
            let declaration = &unit.declarations[i].declaration;
            if let DeclarationKind::Compare { of, against, on, items } = &declaration.kind {
                let declared = compare::Declared { of, against, on: on.as_ref(), items };
                let comparison = compare::compare(e, &declared, protocol, trained_on, scores);
                comparisons.extend(self.keep(comparison));
            }
        }
        comparisons
    }

    /// The sweeps; what they compare is checked only where all that could be compared is known.
    fn sweeps(&mut self, e: &mut Evaluator<'_>, scored: Option<(&[Score], &[Analysis])>) -> Vec<sweep::Draft> {
        let unit = e.unit;
        let mut sweeps = Vec::new();
        let looked_at = if self.swept { self.main.clone() } else { Vec::new() };
        for i in looked_at {
            if let DeclarationKind::Sweep { name, axes, clauses } = &unit.declarations[i].declaration.kind {
                let draft = sweep::sweep(e, name, axes, clauses);
                let Some(draft) = self.keep(draft) else { continue };
                if let Some((scores, analyses)) = scored {
                    let checked = sweep::check_compare(e, &draft, scores, analyses);
                    self.keep(checked);
                }
                sweeps.push(draft);
            }
        }
        sweeps
    }

    /// The searches; a broken score or stage has told so, and would be missed here in vain.
    fn searches(
        &mut self,
        e: &mut Evaluator<'_>,
        protocol: &Protocol,
        trained_on: &[String],
        stages: Option<&[Stage]>,
    ) -> Vec<search::Draft> {
        let unit = e.unit;
        let mut searches = Vec::new();
        let Some(stages) = stages.filter(|_| !self.broken) else { return searches };
        for i in self.main.clone() {
            if let DeclarationKind::Search { name, axes, clauses } = &unit.declarations[i].declaration.kind {
                let compiled = search::search(e, name, axes, clauses, protocol, trained_on);
                let Some(draft) = self.keep(compiled) else { continue };
                let pruning = search::check_pruning(e, &draft, stages);
                if self.keep(pruning).is_some() {
                    searches.push(draft);
                }
            }
        }
        searches
    }

    /// Every `param` with its value, as the file spells it.
    fn params(&self, e: &mut Evaluator<'_>) -> IndexMap<String, String> {
        let unit = e.unit;
        let mut params = IndexMap::new();
        for i in &self.main {
            if let DeclarationKind::Param { name, .. } = &unit.declarations[*i].declaration.kind {
                let before = e.used[*i];
                if let Ok(value) = e.global(*i, name.span) {
                    params.insert(name.text.clone(), param::spell_setting(e, &value));
                }
                e.used[*i] = before;
            }
        }
        params
    }
}

/// Analyses in an order in which each comes after those it reads.
fn analyses(
    e: &mut Evaluator<'_>,
    main: &[usize],
    protocol: &Protocol,
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
            .position(|(own, calls)| !calls.iter().any(|c| names.iter().any(|n| *n != own.text && mentions(c, n))))
            .unwrap_or(0);
        let (name, calls) = waiting.remove(ready);
        // What reads a broken analysis would only repeat its error.
        if calls.iter().any(|c| broken.iter().any(|b| mentions(c, b))) {
            broken.push(name.text.clone());
            continue;
        }
        match analysis::analysis(e, name, calls, protocol, &done, trained_on) {
            Ok(analyses) => done.extend(analyses),
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
        ExprKind::Call { callee, arguments } => {
            mentions(callee, name) || arguments.iter().any(|a| mentions(&a.value, name))
        }
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
fn live_roots(e: &mut Evaluator<'_>, stages: &[Stage]) {
    let live = e.graph.live(stages.iter().map(|s| s.loss));
    let read = e.read.clone();
    for model in &mut e.models {
        let all: Vec<_> = model.outputs.iter().flat_map(|o| o.members.iter().map(|(_, n)| *n)).collect();
        let roots: Vec<_> = all.iter().copied().filter(|n| live[n.index()] || read.contains(n)).collect();
        model.live_roots = if roots.is_empty() { all } else { roots };
    }
}
