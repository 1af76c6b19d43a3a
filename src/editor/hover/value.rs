//! The value under the cursor: of the narrowest expression, or of the stage or call that the word under it begins.

use crate::shown;
use crate::snapshot::{Sighting, Snapshot};
use fascicle_lang::compile::{Fact, Record, Seen};
use fascicle_lang::graph::NodeId;
use fascicle_syntax::{LexemeKind, SourceId, Span};
use std::fmt::Write as _;
use std::ops::Range;

/// Most variants that are told apart.
const VARIANTS: usize = 6;

/// Where it stands and what is known of it, as Markdown.
pub(super) fn value(snapshot: &Snapshot, at: usize, word: LexemeKind) -> Option<(Range<usize>, String)> {
    let found = snapshot.fact_at(at)?;
    // At a bracket or a comma the value of a whole list or body is not what is meant.
    if matches!(word, LexemeKind::Punctuation | LexemeKind::Other) {
        return None;
    }
    let found = outer(snapshot, found);
    let shown = match &found.fact.seen {
        seen if shown::is_value(seen) => true,
        Seen::Constant(_) => matches!(word, LexemeKind::Word | LexemeKind::Capital),
        Seen::Module { .. } | Seen::List { .. } | Seen::Group(_) => true,
        _ => false,
    };
    shown.then(|| (found.range.clone(), described(&found)))
}

/// The fact of the stage or call that a function's name begins; else the fact itself.
fn outer<'s>(snapshot: &'s Snapshot, found: Sighting<'s>) -> Sighting<'s> {
    if shown::is_value(&found.fact.seen) && found.fact.stage.is_some() {
        return found;
    }
    if !matches!(found.fact.seen, Seen::Operator(_) | Seen::Declared(_) | Seen::Module { .. }) {
        return found;
    }
    let span = found.fact.span;
    let wider = found.record.facts.iter().filter(|f| {
        f.span.source == span.source && f.span.start == span.start && f.span.end > span.end && f.call == found.fact.call
    });
    let wider = wider.filter(|f| shown::is_value(&f.seen)).min_by_key(|f| f.span.end);
    let Some(fact) = wider else { return found };
    let range = match snapshot.records().find(|(_, record, _)| std::ptr::eq(*record, found.record)) {
        Some((.., Some(carry))) => carry.stretch_now(fact.span.range()),
        _ => Some(fact.span.range()),
    };
    match range {
        Some(range) => Sighting { fact, range, ..found },
        None => found,
    }
}

fn described(found: &Sighting<'_>) -> String {
    let (fact, record) = (found.fact, found.record);
    let source = found.analysis.compilation.sources.text(fact.span);
    let name = source.lines().next().unwrap_or("").trim_end();
    let name = if name.len() < source.trim_end().len() { format!("{name} ..") } else { name.to_owned() };
    let input = input(record, fact);
    let into = input.map(|input| format!("{} → ", shown::seen(&input.seen))).unwrap_or_default();
    let mut out = format!("```fascicle\n{name}: {into}{}\n```\n", shown::seen(&fact.seen));
    let mut line = |text: String| {
        let _ = write!(out, "\n{text}\n");
    };
    if let Some(program) = found.analysis.compilation.base.as_ref()
        && let Seen::Tensor(_, Some(node)) = &fact.seen
        && let Some(from) = input.map_or_else(|| first_of(record, fact), |input| node_of(&input.seen))
        && let Some(derivation) = super::derivation::derivation(program, *node, from)
    {
        line(derivation);
    }
    if let Some(cost) = shown::cost(fact.parameters, fact.multiply_adds) {
        line(cost);
    }
    if let Some(lacking) = shown::ty(&fact.seen).and_then(|ty| shown::lacking(record, ty)) {
        line(format!("Absent for those who lack {lacking}."));
    }
    if fact.times > 1 {
        let differ = if fact.alike { "" } else { ", of different types: this is the first" };
        line(format!("Evaluated {} times{differ}.", fact.times));
    }
    if let Some(call) = fact.call.and_then(|call| record.call(call))
        && found.calls > 1
    {
        line(format!("`{}` is applied {} times; this is the first.", call.name, found.calls));
    }
    for variant in variants(&found.analysis.compilation.records, fact) {
        line(variant);
    }
    out
}

fn node_of(seen: &Seen) -> Option<NodeId> {
    match seen {
        Seen::Tensor(_, node) => *node,
        _ => None,
    }
}

/// The first value that a call reads: `concat(image, table)`.
fn first_of(record: &Record, fact: &Fact) -> Option<NodeId> {
    let inside = record.within(fact.span).filter(|f| f.call == fact.call && f.span != fact.span);
    inside.filter_map(|f| node_of(&f.seen)).next()
}

/// What goes into a stage.
pub(crate) fn input<'r>(record: &'r Record, fact: &Fact) -> Option<&'r Fact> {
    let input = record.of(fact.stage?).find(|f| f.call == fact.call)?;
    shown::is_value(&input.seen).then_some(input)
}

/// Parameters, operations and memory of a model.
pub(super) fn totals(snapshot: &Snapshot, name: &str) -> Option<String> {
    let table = snapshot.models().iter().find(|table| table.name == name)?;
    let program = snapshot.program()?;
    let mut out = shown::cost(table.parameters, table.operations).unwrap_or_default();
    if program.stages.iter().any(|stage| program.models.get(stage.model).is_some_and(|model| model.name == name)) {
        let (card, cpu) = (table.memory_bytes, table.memory_bytes_cpu);
        let bytes = fascicle_lang::graph::bytes;
        let subjects = if table.batch == 1 { "1 subject".to_owned() } else { format!("{} subjects", table.batch) };
        let _ = write!(
            out,
            "\n\nA training step of {subjects} takes about {} on the CPU, {} on a card.",
            bytes(cpu),
            bytes(card)
        );
    }
    Some(out)
}

/// In which variants an expression gives something else, and what.
fn variants(records: &[Record], fact: &Fact) -> Vec<String> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for record in records.iter().skip(1) {
        let Some((other, _)) = record.first(fact.span).filter(|(other, _)| other.seen != Seen::Broken) else {
            continue;
        };
        let same = other.seen.is_like(&fact.seen);
        if same && (other.parameters, other.multiply_adds) == (fact.parameters, fact.multiply_adds) {
            continue;
        }
        let cost =
            shown::cost(other.parameters, other.multiply_adds).map(|cost| format!(", {cost}")).unwrap_or_default();
        let said = format!("`{}`{cost}", shown::seen(&other.seen));
        match groups.iter_mut().find(|(known, _)| *known == said) {
            Some((_, names)) => names.push(&record.variant),
            None => groups.push((said, vec![&record.variant])),
        }
    }
    let more = groups.len().saturating_sub(VARIANTS);
    let mut lines: Vec<String> = groups.iter().take(VARIANTS).map(|(said, names)| told(names, said)).collect();
    if more > 0 {
        lines.push(format!("In {more} more variants it is something else again."));
    }
    lines
}

fn told(names: &[&str], said: &str) -> String {
    match names {
        [one] => format!("In `{one}`: {said}"),
        [one, others @ ..] => format!("In `{one}` and {} more: {said}", others.len()),
        [] => String::new(),
    }
}

/// What is known of the expression that a `let` or an `output` names.
pub(super) fn of(snapshot: &Snapshot, span: Span) -> Option<String> {
    debug_assert_eq!(span.source, SourceId::default());
    let found = snapshot.fact_of(span.range())?;
    Some(described(&found))
}
