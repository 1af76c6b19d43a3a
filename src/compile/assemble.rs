//! One variant: every declaration of the main scope, kind by kind, into a [`Program`].
//!
//! A broken declaration gives nothing and has told so; whatever reads it stays silent ([`Reported`]), and everything
//! else is still looked at, so that one pass tells all independent mistakes.

use super::declare::{analysis, cohort, ensemble, leak, order, pair, protocol, score, stage, sweep};
use super::diagnostic::{Diagnostic, Severity, Sources};
use super::evaluate::{Eval, Evaluator, Reported};
use super::unit::Unit;
use super::value::Value;
use super::world::Tables;
use crate::program::{Analysis, Ensemble, Program, Protocol, ProtocolKind, Score, Stage};
use crate::syntax::{DeclarationKind, Expr, ExprKind, Name};
use indexmap::IndexMap;

/// One variant, evaluated.
pub(super) struct Variant {
    /// The program, unless something is broken.
    pub program: Option<Program>,
    /// Its mistakes.
    pub diagnostics: Vec<Diagnostic>,
    /// The file's sweeps, not yet compiled; empty where the file itself is broken.
    pub sweeps: Vec<sweep::Draft>,
    used: Vec<bool>,
}

impl Variant {
    /// Evaluates the file as it stands, sweeps included.
    pub(super) fn base(unit: &Unit, sources: &Sources, tables: &Tables<'_>, settings: IndexMap<String, Value>) -> Self {
        Self::of(unit, sources, tables, settings, None)
    }

    /// Evaluates the file with a sweep's settings. `spelled` are those, as the file spells them.
    pub(super) fn evaluate(
        unit: &Unit,
        sources: &Sources,
        tables: &Tables<'_>,
        settings: IndexMap<String, Value>,
        name: &str,
        spelled: IndexMap<String, String>,
    ) -> Self {
        Self::of(unit, sources, tables, settings, Some((name, spelled)))
    }

    fn of(
        unit: &Unit,
        sources: &Sources,
        tables: &Tables<'_>,
        settings: IndexMap<String, Value>,
        variant: Option<(&str, IndexMap<String, String>)>,
    ) -> Self {
        let mut e = Evaluator::new(unit, sources, tables, settings);
        let main = (0..unit.declarations.len()).filter(|i| unit.declarations[*i].scope == 0).collect();
        let swept = variant.is_none();
        let (name, spelled) = variant.unwrap_or(("base", IndexMap::new()));
        let (program, sweeps) = Assembly { main, broken: false, swept }.program(&mut e, name, spelled);
        let failed = e.diagnostics.iter().any(|d| d.severity == Severity::Error);
        let sweeps = if failed { Vec::new() } else { sweeps };
        Self { program: program.filter(|_| !failed), diagnostics: e.diagnostics, sweeps, used: e.used }
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

    fn program(
        mut self,
        e: &mut Evaluator<'_>,
        variant: &str,
        spelled: IndexMap<String, String>,
    ) -> (Option<Program>, Vec<sweep::Draft>) {
        self.cohorts(e);
        self.values(e);
        self.pairings(e);
        let (protocol, known) = self.protocol(e);
        let stages = self.stages(e);
        let trained_on = self.trained_on(e);
        let mut scores = self.scores(e, &protocol);
        let ensembles = self.ensembles(e, &protocol, &mut scores);
        let (analyses, failed) = analyses(e, &self.main, &protocol, &trained_on);
        self.broken |= failed;
        let scored = (!self.broken).then_some((scores.as_slice(), analyses.as_slice()));
        let sweeps = self.sweeps(e, scored);
        let Some(stages) = stages.filter(|_| !self.broken && known) else { return (None, Vec::new()) };
        let leaks = [leak::people(e, &trained_on), leak::columns(e, &stages)].into_iter().collect::<Eval<()>>();
        if self.keep(leaks).is_none() {
            return (None, Vec::new());
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
            protocol,
            ensembles,
            scores,
            analyses,
        };
        // Only the whole program says what its outputs are compared with.
        let deviations = analysis::deviations(e, &program);
        (self.keep(deviations).map(|()| program), sweeps)
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

    /// Inputs in the order of the file, so that they have the same places in every variant; then the rest.
    fn values(&mut self, e: &mut Evaluator<'_>) {
        let unit = e.unit;
        for pass in 0..3 {
            for i in &self.main {
                let declaration = &unit.declarations[*i].declaration;
                let wanted = match &declaration.kind {
                    DeclarationKind::Input { .. } => pass == 0,
                    DeclarationKind::Param { .. } | DeclarationKind::Group { .. } => pass == 1,
                    DeclarationKind::Model { .. } => pass == 2,
                    _ => false,
                };
                if wanted {
                    // Looking at a declaration is no use of it.
                    let before = e.used[*i];
                    self.broken |= e.global(*i, declaration.span).is_err();
                    if pass < 2 {
                        e.used[*i] = before;
                    }
                }
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
    fn protocol(&mut self, e: &mut Evaluator<'_>) -> (Protocol, bool) {
        let unit = e.unit;
        let mut schemes = self.main.iter().filter_map(|i| match &unit.declarations[*i].declaration.kind {
            DeclarationKind::Protocol { scheme, .. } => Some(scheme),
            _ => None,
        });
        let Some(scheme) = schemes.next_back() else { return (protocol::default(), true) };
        match protocol::protocol(e, scheme) {
            Ok(protocol) => (protocol, true),
            Err(Reported) => {
                let kind = ProtocolKind::KFold { folds: 2, validation: 0.1, holdout: 1 };
                (Protocol { kind, ..protocol::default() }, false)
            }
        }
    }

    /// The ensembles, each with the scores that are taken of it.
    fn ensembles(&mut self, e: &mut Evaluator<'_>, protocol: &Protocol, scores: &mut Vec<Score>) -> Vec<Ensemble> {
        let unit = e.unit;
        let mut ensembles = Vec::new();
        // A broken score has told so; that the ensemble then has none would be said in vain.
        if self.broken {
            return ensembles;
        }
        for i in self.main.clone() {
            if let DeclarationKind::Ensemble { model, over, arguments } = &unit.declarations[i].declaration.kind {
                let compiled = ensemble::ensemble(e, model, over, arguments, protocol, scores);
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
                match e.under_stage(model, |e| stage::stage(e, model, on, clauses)) {
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

    /// Names of the cohorts that some stage trains on, as far as the text says: all where a stage names none.
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
        names
    }

    fn scores(&mut self, e: &mut Evaluator<'_>, protocol: &Protocol) -> Vec<Score> {
        let unit = e.unit;
        let mut scores = Vec::new();
        for i in self.main.clone() {
            if let DeclarationKind::Score { of, on, items } = &unit.declarations[i].declaration.kind {
                let score = score::score(e, of, on.as_ref(), items, protocol);
                scores.extend(self.keep(score));
            }
        }
        scores
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

    /// Every `param` with its value, as the file spells it.
    fn params(&self, e: &mut Evaluator<'_>) -> IndexMap<String, String> {
        let unit = e.unit;
        let mut params = IndexMap::new();
        for i in &self.main {
            if let DeclarationKind::Param { name, .. } = &unit.declarations[*i].declaration.kind {
                let before = e.used[*i];
                if let Ok(value) = e.global(*i, name.span) {
                    params.insert(name.text.clone(), sweep::spell_setting(e, &value));
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
