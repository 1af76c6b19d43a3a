//! What stands over declarations: the size of a model and how it has changed, the variants of a sweep, what the last run gave,
//! and commands that a terminal executes.

use crate::analysis::SweepSummary;
use crate::outside::Results;
use crate::snapshot::Snapshot;
use fascicle_lang::compile::ModelTable;
use fascicle_lang::graph::{bytes, operations, thousands};
use fascicle_lang::program::Program;
use fascicle_syntax::{Declaration, DeclarationKind, Expr};
use std::ops::Range;

/// A line over a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lens {
    /// The declaration's first line, in the present text.
    pub range: Range<usize>,
    /// What is written.
    pub title: String,
    /// Which kind it is.
    pub kind: LensKind,
    /// What a click does; nothing for what only informs.
    pub command: Option<Command>,
}

/// Kinds of lenses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LensKind {
    /// The size of a model.
    Model,
    /// The variants of a sweep.
    Sweep,
    /// What the last run gave.
    Result,
    /// Something to click on.
    Command,
}

/// What a terminal is asked to do with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `fascicle check FILE`
    Check,
    /// `fascicle run FILE`
    Run,
}

/// All lenses of the present text, in order.
pub fn lenses(snapshot: &Snapshot, results: Option<&Results>) -> Vec<Lens> {
    let mut lenses = Vec::new();
    let declarations = &snapshot.tree().declarations;
    // Over the first of a file that asks something: a file of blocks is no experiment.
    let is_asked = |d: &Declaration| matches!(d.kind, DeclarationKind::Train { .. } | DeclarationKind::Score { .. });
    if declarations.iter().any(is_asked)
        && let Some(first) = declarations.first()
    {
        let range = first_line(snapshot, first);
        for (title, command) in [("check", Command::Check), ("run", Command::Run)] {
            let (title, command) = (title.to_owned(), Some(command));
            lenses.push(Lens { range: range.clone(), title, kind: LensKind::Command, command });
        }
    }
    for declaration in declarations {
        if let Some(title) = title(snapshot, declaration, results) {
            let kind = match &declaration.kind {
                DeclarationKind::Model { .. } => LensKind::Model,
                DeclarationKind::Sweep { .. } => LensKind::Sweep,
                _ => LensKind::Result,
            };
            lenses.push(Lens { range: first_line(snapshot, declaration), title, kind, command: None });
        }
    }
    lenses
}

fn first_line(snapshot: &Snapshot, declaration: &Declaration) -> Range<usize> {
    let start = declaration.span.start as usize;
    let line = snapshot.document.line(snapshot.document.line_of(start));
    start..line.end.max(start)
}

fn title(snapshot: &Snapshot, declaration: &Declaration, results: Option<&Results>) -> Option<String> {
    let answer = |key: &str| results?.answers.iter().find(|(of, _)| of == key).map(|(_, said)| said.clone());
    match &declaration.kind {
        DeclarationKind::Model { name, .. } => model(snapshot, &name.text),
        DeclarationKind::Sweep { name, .. } => {
            snapshot.sweeps().iter().find(|sweep| sweep.name == name.text).map(of_sweep)
        }
        DeclarationKind::Score { of, .. } => {
            let said: Vec<String> = of.iter().filter_map(|of| answer(&spelled(snapshot, of))).collect();
            (!said.is_empty()).then(|| format!("last run: {}", said.join("; ")))
        }
        DeclarationKind::Analysis { .. } => {
            let name = declaration.kind.name()?;
            answer(&name.text).map(|said| format!("last run: {said}"))
        }
        DeclarationKind::Train { model, .. } => {
            results?.trainings.iter().find(|(of, _)| *of == model.text).map(|(_, said)| said.clone())
        }
        _ => None,
    }
}

fn spelled(snapshot: &Snapshot, of: &Expr) -> String {
    snapshot.text().get(of.span.range()).unwrap_or("").to_owned()
}

/// Parameters, operations, memory of a model, and what has changed since the file was opened.
fn model(snapshot: &Snapshot, name: &str) -> Option<String> {
    let table = snapshot.models().iter().find(|table| table.name == name)?;
    let mut parts = vec![
        format!("{} parameters", thousands(table.parameters)),
        format!("{} multiply-adds", operations(table.operations)),
    ];
    let is_trained = |program: &Program| {
        program.stages.iter().any(|stage| program.models.get(stage.model).is_some_and(|model| model.name == name))
    };
    if snapshot.program().is_some_and(is_trained) {
        let (card, cpu) = (table.memory_bytes, table.memory_bytes_cpu);
        parts.push(format!("a step of {} takes {} (CPU), {} (card)", table.batch, bytes(cpu), bytes(card)));
    }
    let opened = snapshot.opened.as_ref().and_then(|opened| opened.iter().find(|table| table.name == name));
    if let Some(changed) = opened.and_then(|opened| change(opened, table)) {
        parts.push(format!("since opened: {changed}"));
    }
    Some(parts.join(" · "))
}

/// `+12,000 parameters, -1.2 M multiply-adds`; `None` where both are the same.
fn change(then: &ModelTable, now: &ModelTable) -> Option<String> {
    let by = |then: u64, now: u64, spelled: fn(u64) -> String| match now.cmp(&then) {
        std::cmp::Ordering::Greater => Some(format!("+{}", spelled(now - then))),
        std::cmp::Ordering::Less => Some(format!("−{}", spelled(then - now))),
        std::cmp::Ordering::Equal => None,
    };
    let parameters = by(then.parameters, now.parameters, thousands).map(|by| format!("{by} parameters"));
    let work = by(then.operations, now.operations, operations).map(|by| format!("{by} multiply-adds"));
    let parts: Vec<String> = parameters.into_iter().chain(work).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// How many variants a sweep has, and between which sizes.
fn of_sweep(sweep: &SweepSummary) -> String {
    let count = if sweep.variants == 1 { "1 variant".to_owned() } else { format!("{} variants", sweep.variants) };
    match sweep.parameters {
        Some((least, most)) if least < most => {
            format!("{count}, {} to {} parameters", thousands(least), thousands(most))
        }
        _ => count,
    }
}
