//! The parts of a file: its outline, what folds, what a selection grows to, its layout.

mod folds;
mod layout;
mod selections;

pub use folds::{Fold, folds};
pub use layout::{formatting, formatting_on_brace};
pub use selections::selections;

use crate::names::{Location, text_of};
use crate::snapshot::{Snapshot, Workspace};
use fascicle_syntax::{Body, Declaration, DeclarationKind, Expr, InputWord, Name, SourceId, Span, parse};
use std::ops::Range;

/// A part of a file that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name: that which it declares, or what it is of (`train m`).
    pub name: String,
    /// The word that declares it.
    pub word: &'static str,
    /// What stands between the name and its value: the type, the inputs.
    pub detail: String,
    /// All of it.
    pub range: Range<usize>,
    /// Its name.
    pub selection: Range<usize>,
    /// What it is made of.
    pub parts: Vec<Part>,
}

/// The declarations of a file, with their parameters, outputs and values.
pub fn outline(snapshot: &Snapshot) -> Vec<Part> {
    parts(snapshot.text(), &snapshot.tree().declarations)
}

fn parts(text: &str, declarations: &[Declaration]) -> Vec<Part> {
    declarations.iter().map(|declaration| part(text, declaration)).collect()
}

/// The declarations of all experiments whose name has the letters of a word, in their order.
pub fn in_workspace(workspace: &Workspace, word: &str) -> Vec<(Part, Location)> {
    let mut files = workspace.outside.experiments();
    files.extend(workspace.files.keys().cloned());
    files.sort();
    files.dedup();
    let mut found = Vec::new();
    for file in files {
        let Some(text) = text_of(&file, workspace) else { continue };
        let all = match workspace.files.get(&file) {
            Some(open) => outline(open),
            None => parts(&text, &parse(&text, SourceId::default()).0.declarations),
        };
        let named =
            all.into_iter().filter(|part| !matches!(part.word, "use" | "extends") && has_letters(&part.name, word));
        found.extend(named.map(|part| {
            let place = Location { file: file.clone(), start: part.selection.start, end: part.selection.end };
            (part, place)
        }));
    }
    found
}

/// Whether the letters of a word stand in a name in their order, whatever their case.
pub(crate) fn has_letters(name: &str, word: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    word.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
}

fn part(text: &str, declaration: &Declaration) -> Part {
    use DeclarationKind as D;
    let span = declaration.span;
    let spelled = |span: Span| squeezed(text.get(span.range()).unwrap_or(""));
    let of = |exprs: &[Expr]| exprs.iter().map(|e| spelled(e.span)).collect::<Vec<_>>().join(", ");
    let named = |word, name: &Name, detail: String| (word, name.text.clone(), name.span, detail);
    let mut inner = Vec::new();
    let (word, name, selection, detail) = match &declaration.kind {
        D::Use(used) => {
            let first = used.file.as_ref().or(used.path.first()).map_or(span, |name| name.span);
            ("use", spelled(Span { start: first.start, ..span }), first, String::new())
        }
        D::UseModel { name, file, .. } => named("use model", name, spelled(file.span)),
        D::Extends { path, .. } => ("extends", path.text.clone(), path.span, String::new()),
        D::Param { name, ty, default } => {
            named("param", name, format!("{} = {}", spelled(ty.span), spelled(default.span)))
        }
        D::Cohort { name, source, clauses } => {
            inner.extend(clauses.iter().map(|clause| {
                let last = clause
                    .values
                    .last()
                    .map_or(clause.word.span, |v| v.links.last().map_or(v.value.span, |l| l.1.span));
                leaf("clause", &clause.word, String::new(), clause.word.span.to(last))
            }));
            named("cohort", name, spelled(source.span))
        }
        D::Input { role, name, ty, .. } => {
            let word = match role {
                InputWord::Modality => "modality",
                InputWord::Condition => "condition",
                InputWord::Target => "target",
            };
            named(word, name, spelled(ty.span))
        }
        D::Group { name, members } => named("group", name, spelled(members.span)),
        D::Block(block) => {
            for parameter in &block.parameters {
                let ty = parameter.ty.as_ref().map_or(String::new(), |ty| spelled(ty.span));
                inner.push(leaf("parameter", &parameter.name, ty, parameter.name.span));
            }
            for input in &block.inputs {
                let ty = input.ty.as_ref().map_or(String::new(), |ty| spelled(ty.span));
                inner.push(leaf("input", &input.name, ty, input.name.span));
            }
            statements(&block.body, &mut inner);
            let result = block.result.as_ref().map_or(String::new(), |ty| format!("-> {}", spelled(ty.span)));
            named("block", &block.name, result)
        }
        D::Model { name, inputs, target, body } => {
            statements(body, &mut inner);
            let target = target.as_ref().map_or(String::new(), |target| format!(" -> {}", target.text));
            named("model", name, format!("({}){target}", of(inputs)))
        }
        D::Baseline { name, inputs, target, method, .. } => {
            named("baseline", name, format!("({}) -> {} = {}", of(inputs), target.text, spelled(method.span)))
        }
        D::Loss { name, parameters, body } => {
            statements(body, &mut inner);
            let names: Vec<&str> = parameters.iter().map(|p| p.name.text.as_str()).collect();
            named("loss", name, format!("({})", names.join(", ")))
        }
        D::Train { model, on, clauses } => {
            for clause in clauses {
                let last = clause
                    .values
                    .last()
                    .map_or(clause.word.span, |v| v.links.last().map_or(v.value.span, |l| l.1.span));
                let detail = squeezed(text.get(clause.word.span.end as usize..last.end as usize).unwrap_or(""));
                inner.push(leaf("clause", &clause.word, detail, clause.word.span.to(last)));
            }
            let on: Vec<&str> = on.iter().map(|name| name.text.as_str()).collect();
            named("train", model, if on.is_empty() { String::new() } else { format!("on {}", on.join(", ")) })
        }
        D::Protocol { name, scheme } => named("protocol", name, spelled(scheme.span)),
        D::Ensemble { model, over, .. } => named("ensemble", model, format!("over {}", over.text)),
        D::Score { of: scored, on, items } => {
            let place = scored.first().map_or(span, |of| of.span);
            let on = on.as_ref().map_or(String::new(), |on| format!("on {}: ", on.text));
            let items: Vec<String> = items.iter().map(|item| spelled(item.value.span)).collect();
            ("score", of(scored), place, format!("{on}{}", items.join(", ")))
        }
        D::Compare { of: compared, against, .. } => {
            let place = compared.first().map_or(span, |of| of.span);
            let against = if against.is_empty() { String::new() } else { format!("against {}", of(against)) };
            ("compare", of(compared), place, against)
        }
        D::Analysis { name, calls } => named("analysis", name, of(calls)),
        D::Sweep { name, axes, .. } | D::Search { name, axes, .. } => {
            let word = if matches!(declaration.kind, D::Sweep { .. }) { "sweep" } else { "search" };
            let names = axes.iter().flat_map(|axis| &axis.names).map(|name| name.text.as_str());
            named(word, name, names.collect::<Vec<_>>().join(", "))
        }
    };
    Part { name, word, detail: shortened(&detail), range: span.range(), selection: selection.range(), parts: inner }
}

fn leaf(word: &'static str, name: &Name, detail: String, span: Span) -> Part {
    let detail = shortened(detail.trim());
    Part { name: name.text.clone(), word, detail, range: span.range(), selection: name.span.range(), parts: Vec::new() }
}

fn statements(body: &Body, into: &mut Vec<Part>) {
    for statement in &body.statements {
        let word = if statement.output { "output" } else { "let" };
        into.push(leaf(word, &statement.name, String::new(), statement.name.span.to(statement.value.span)));
    }
}

/// With one blank where there are several.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Most characters of a detail.
const DETAIL: usize = 60;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(DETAIL) {
        Some((at, _)) => format!("{} ..", text[..at].trim_end()),
        None => text.to_owned(),
    }
}
