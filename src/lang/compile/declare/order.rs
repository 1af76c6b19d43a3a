//! Stages among one another: whose weights they take, what they freeze, what is left to train, and their order.

use super::load::{declared_at, loaded, made_at, modules_below};
use super::stage::{Draft, Taken};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, all};
use crate::compile::repair;
use crate::graph::{Module, ModuleId, show_shape};
use crate::program::{Adversary, Stage, StageInit};
use fascicle_syntax::{DeclarationKind, Fix, Span};
use std::collections::BTreeSet;

/// Resolves paths of `init` and `freeze`, finds what each stage trains, and puts the stages in order.
pub(in crate::compile) fn finish(e: &mut Evaluator<'_>, drafts: &[Draft]) -> Eval<Vec<Stage>> {
    let mut stages = all(drafts.iter().map(|draft| moved(e, draft)))?;
    // Which stages train which module.
    let mut trained_by: Vec<Vec<usize>> = vec![Vec::new(); e.graph.modules.len()];
    for index in 0..stages.len() {
        for module in &stages[index].trainable {
            trained_by[module.index()].push(index);
        }
        let earlier = drafts[..index].iter().filter(|d| d.stage.name == drafts[index].stage.name).count();
        if earlier > 0 {
            stages[index].name = format!("{}_{}", drafts[index].stage.name, earlier + 1);
        }
    }
    all(stages.iter_mut().enumerate().map(|(index, stage)| {
        for init in &drafts[index].init {
            taken(e, stage, init, index, &trained_by)?;
        }
        all(drafts[index].load.iter().map(|load| loaded(e, stage, load)))?;
        kept(e, stage, drafts[index].span, index, &trained_by)
    }))?;
    let spans: Vec<Span> = drafts.iter().map(|d| d.span).collect();
    order(e, stages, &spans)
}

/// The stage with the modules that it moves and those that it uses as they are.
fn moved(e: &mut Evaluator<'_>, draft: &Draft) -> Eval<Stage> {
    let mut stage = draft.stage.clone();
    let live = e.graph.live([stage.loss]);
    let used = e.graph.live_modules(&live);
    let mut frozen: BTreeSet<ModuleId> = BTreeSet::new();
    for (path, span) in &draft.freeze {
        frozen.extend(modules_below(e, path, *span)?.iter().map(|(m, _)| *m));
    }
    let mut adversaries: BTreeSet<ModuleId> = BTreeSet::new();
    for critic in &draft.critics {
        let own = e.graph.live_modules(&e.graph.live([critic.loss]));
        let below = |m: &ModuleId| {
            e.graph
                .module(*m)
                .path
                .strip_prefix(&critic.path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let trainable: Vec<ModuleId> = own.into_iter().filter(below).collect();
        adversaries.extend(&trainable);
        stage.adversaries.push(Adversary {
            name: critic.name.clone(),
            loss: critic.loss,
            trainable,
            optimizer: critic.optimizer.clone().unwrap_or_else(|| stage.optimizer.clone()),
        });
    }
    (stage.frozen, stage.trainable) =
        used.iter().filter(|m| !adversaries.contains(m)).partition(|m| frozen.contains(m));
    if stage.trainable.iter().any(|m| e.graph.module(*m).parameters() > 0) {
        return Ok(stage);
    }
    let fix = match used.is_empty() {
        true => None,
        false => clause_of(e, draft.span, "freeze").and_then(|clause| left_out(e, clause)),
    };
    let (why, hint) = match used.is_empty() {
        true => ("no parameter is used by what is minimised", "minimise something that the model computes"),
        false => ("all that is minimised is frozen", "freeze only a part, for example one block of the model"),
    };
    e.fail(
        Diagnostic::error(
            Code::NothingToTrain,
            draft.minimize.unwrap_or(draft.span),
            format!("the stage trains nothing: {why}"),
        )
        .also(draft.span, "this stage")
        .hint(hint)
        .repairs(fix),
    )
}

/// `init to from from`: each module below one path starts with the weights of its namesake below the other.
fn taken(e: &mut Evaluator<'_>, stage: &mut Stage, init: &Taken, index: usize, trained_by: &[Vec<usize>]) -> Eval<()> {
    let Taken { to, to_span, from, from_span } = init;
    let span = to_span.to(*from_span);
    let targets = modules_below(e, to, *to_span)?;
    let sources = modules_below(e, from, *from_span)?;
    for (target, rest) in &targets {
        let Some((source, _)) = sources.iter().find(|(_, r)| r == rest) else {
            let message = format!("`{from}` has no `{}`, which `{to}` has", rest.trim_start_matches('.'));
            let known: Vec<&str> = sources.iter().map(|(_, r)| r.trim_start_matches('.')).collect();
            let hint = format!("`{from}` has {}; name the part that both have", known.join(", "));
            let (has, lacks) = (made_at(e, *target), sources.first().map(|(m, _)| made_at(e, *m)));
            let mut diagnostic = Diagnostic::error(Code::InitMismatch, span, message).also(has, "which is made here");
            if let Some(place) = lacks {
                diagnostic = diagnostic.also(place, format!("`{from}` is made here"));
            }
            return e.fail(diagnostic.hint(hint));
        };
        let (a, b) = (e.graph.module(*target), e.graph.module(*source));
        if a.weights.iter().map(|w| &w.shape).ne(b.weights.iter().map(|w| &w.shape)) {
            let show = |m: &Module| m.weights.iter().map(|w| show_shape(&w.shape)).collect::<Vec<_>>().join(" and ");
            let message = format!("`{}` holds {}, `{}` holds {}", a.path, show(a), b.path, show(b));
            let (mut one, mut other) = (format!("`{}` is made here", a.path), format!("`{}` is made here", b.path));
            let (mut first, mut second) = (made_at(e, *target), made_at(e, *source));
            // Two applications of one block are made at one place: the models that apply it tell them apart.
            let model = |path: &str| declared_at(e, path.split(['.', '[']).next().unwrap_or(path));
            if let (true, Some(to), Some(from)) = (first == second, model(to), model(from)) {
                (first, second) = (to, from);
                (one, other) = (format!("`{}` is a part of this", a.path), format!("`{}` is a part of this", b.path));
            }
            return e.fail(
                Diagnostic::error(Code::InitMismatch, span, message)
                    .also(first, one)
                    .also(second, other)
                    .hint("weights can only be taken from a module of the same shape: give both the same width"),
            );
        }
        let Some(from_stage) = trained_by[source.index()].iter().copied().rfind(|s| *s != index) else {
            let message = format!("no other stage trains `{}`", b.path);
            let root = from.split(['.', '[']).next().unwrap_or(from);
            let hint = format!("add a stage that does: train {root} {{ minimize .. }}");
            let made = made_at(e, *source);
            return e
                .fail(Diagnostic::error(Code::InitMismatch, *from_span, message).also(made, "made here").hint(hint));
        };
        comes_from(stage, *target, *source, from_stage);
    }
    Ok(())
}

/// What no `init` names: frozen modules come from the last stage that trained them, and a later stage of the same
/// model goes on from the earlier one.
fn kept(e: &mut Evaluator<'_>, stage: &mut Stage, span: Span, index: usize, trained_by: &[Vec<usize>]) -> Eval<()> {
    let is_loaded = |stage: &Stage, module: ModuleId| stage.loads.iter().any(|l| l.to == module);
    for module in stage.frozen.clone() {
        if is_loaded(stage, module) {
            continue;
        }
        let Some(from) = trained_by[module.index()].iter().copied().rfind(|s| *s != index) else {
            let path = e.graph.module(module).path.clone();
            let message = format!("`{path}` is frozen, and no stage trains it");
            let made = made_at(e, module);
            let fix = clause_of(e, span, "freeze").and_then(|clause| left_out(e, clause));
            return e.fail(
                Diagnostic::error(Code::InitMismatch, span, message)
                    .also(made, "made here")
                    .hint("train it in a stage of its own, or do not freeze it; or give it weights: `init .. from \"file\"`")
                    .repairs(fix),
            );
        };
        comes_from(stage, module, module, from);
    }
    for module in stage.trainable.clone() {
        let already = is_loaded(stage, module) || stage.init.iter().any(|i| i.to == module);
        let before = trained_by[module.index()].iter().copied().rfind(|s| *s < index);
        if let (false, Some(from)) = (already, before) {
            comes_from(stage, module, module, from);
        }
    }
    Ok(())
}

fn comes_from(stage: &mut Stage, to: ModuleId, from: ModuleId, earlier: usize) {
    stage.init.push(StageInit { to, from, stage: earlier });
    if !stage.after.contains(&earlier) {
        stage.after.push(earlier);
    }
}

/// The clause of this word in the stage whose model is named at a place, if it has one alone.
fn clause_of(e: &Evaluator<'_>, stage: Span, word: &str) -> Option<Span> {
    let clauses = e.unit.declarations.iter().find_map(|d| match &d.declaration.kind {
        DeclarationKind::Train { model, clauses, .. } if model.span == stage => Some(clauses),
        _ => None,
    })?;
    let mut of_word = clauses.iter().filter(|clause| clause.word.text == word);
    let (clause, None) = (of_word.next()?, of_word.next()) else { return None };
    let last = clause.values.last()?;
    Some(clause.word.span.to(last.links.last().map_or(last.value.span, |(_, of)| of.span)))
}

fn left_out(e: &Evaluator<'_>, clause: Span) -> Option<Fix> {
    repair::without(e.sources, clause, format!("leave out `{}`", e.sources.text(clause)))
}

/// Stages in an order in which each comes after those it takes weights from.
fn order(e: &mut Evaluator<'_>, stages: Vec<Stage>, spans: &[Span]) -> Eval<Vec<Stage>> {
    let mut placed: Vec<usize> = Vec::with_capacity(stages.len());
    while placed.len() < stages.len() {
        let next =
            (0..stages.len()).find(|i| !placed.contains(i) && stages[*i].after.iter().all(|a| placed.contains(a)));
        match next {
            Some(next) => placed.push(next),
            None => {
                let waiting: Vec<usize> = (0..stages.len()).filter(|i| !placed.contains(i)).collect();
                let names: Vec<&str> = waiting.iter().map(|i| stages[*i].name.as_str()).collect();
                let message = format!("the stages {} wait for one another", names.join(" and "));
                let mut diagnostic = Diagnostic::error(Code::StageCycle, spans[waiting[0]], message)
                    .hint("remove one of the `init` or `freeze` clauses: somebody has to begin");
                for i in &waiting[1..] {
                    diagnostic = diagnostic.also(spans[*i], "waits too");
                }
                // Whoever begins takes nothing of the others.
                let fixes: Vec<Fix> =
                    waiting.iter().filter_map(|i| left_out(e, clause_of(e, spans[*i], "init")?)).collect();
                return e.fail(diagnostic.repairs(fixes));
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
