//! What is written beside the text: the shape behind each stage of a pipe where it changes, who lacks it, what a block's
//! dimensions were solved for, what a parameter is and which values a sweep gives it. Each kind can be switched off.

use crate::document::Carry;
use crate::hover::{input, swept};
use crate::shown;
use crate::snapshot::Snapshot;
use fascicle_lang::compile::{Call, Fact, Record, Seen};
use fascicle_syntax::{DeclarationKind, SourceId, Span};
use std::collections::BTreeSet;
use std::ops::Range;

/// A hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Behind which byte of the present text.
    pub at: usize,
    /// What is written.
    pub text: String,
    /// Which kind it is.
    pub kind: HintKind,
    /// What is shown where more is asked for; empty for nothing.
    pub tooltip: String,
}

/// Kinds of hints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HintKind {
    /// The shape behind a stage.
    Shape,
    /// Who lacks a value.
    Presence,
    /// What the dimensions of a block's signature were solved for.
    Dimensions,
    /// The value of a parameter where it is used, and what a sweep gives it.
    Params,
}

/// Which kinds are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// [`HintKind::Shape`].
    pub shapes: bool,
    /// [`HintKind::Presence`].
    pub presence: bool,
    /// [`HintKind::Dimensions`].
    pub dimensions: bool,
    /// [`HintKind::Params`].
    pub params: bool,
}

impl Default for Shown {
    fn default() -> Self {
        Self { shapes: true, presence: true, dimensions: true, params: true }
    }
}

impl Shown {
    fn has(self, kind: HintKind) -> bool {
        match kind {
            HintKind::Shape => self.shapes,
            HintKind::Presence => self.presence,
            HintKind::Dimensions => self.dimensions,
            HintKind::Params => self.params,
        }
    }
}

/// The hints that stand within these bytes of the present text, in order.
pub fn inlay(snapshot: &Snapshot, within: Range<usize>, shown: Shown) -> Vec<Hint> {
    let mut hints = Vec::new();
    // Where a declaration is broken, what the last good analysis knew of it stays; the present one speaks for all others.
    let mut known: BTreeSet<(usize, HintKind)> = BTreeSet::new();
    let mut present: Option<&Record> = None;
    for (_, record, carry) in snapshot.records() {
        let spoken_for = |range: &Range<usize>| present.is_some_and(|present| knows(present, range));
        for hint in of_record(record, carry, shown, &spoken_for) {
            if known.insert((hint.at, hint.kind)) {
                hints.push(hint);
            }
        }
        present = present.or(carry.is_none().then_some(record));
    }
    if shown.params {
        hints.extend(varied(snapshot));
    }
    hints.retain(|hint| within.start <= hint.at && hint.at <= within.end);
    hints.sort_by_key(|hint| (hint.at, hint.kind));
    hints
}

/// Whether a record knows what stands at these bytes.
fn knows(record: &Record, range: &Range<usize>) -> bool {
    let span = Span { source: SourceId::default(), start: range.start as u32, end: range.end as u32 };
    record.of(span).any(|fact| fact.seen != Seen::Broken)
}

fn of_record(
    record: &Record,
    carry: Option<&Carry>,
    shown: Shown,
    spoken_for: &dyn Fn(&Range<usize>) -> bool,
) -> Vec<Hint> {
    let mut hints = Vec::new();
    let main = || record.facts.iter().enumerate().filter(|(_, fact)| fact.span.source == SourceId::default());
    // What stands behind an end that an edit has touched is not known any more.
    let at = |range: Range<usize>| match carry {
        None => Some(range.end),
        Some(carry) => {
            let end = carry.range_now(range.end.saturating_sub(1)..range.end)?.end;
            let known = carry.range_now(range).is_some_and(|now| spoken_for(&now));
            (!known).then_some(end)
        }
    };
    let mut last = None;
    for (_, fact) in main() {
        // Of several calls the first.
        if last == Some(fact.span) {
            continue;
        }
        last = Some(fact.span);
        let mut add = |kind, text: String, tooltip: String| {
            if shown.has(kind)
                && let Some(at) = at(fact.span.range())
            {
                hints.push(Hint { at, text, kind, tooltip });
            }
        };
        if fact.stage.is_some() {
            let before = input(record, fact);
            if let Some(text) = shape(fact, before) {
                let cost = shown::cost(fact.parameters, fact.multiply_adds).unwrap_or_default();
                add(HintKind::Shape, format!(": {text}"), cost);
            }
            if let Some(who) = newly_absent(record, fact, before) {
                add(HintKind::Presence, format!("? {who}"), format!("Absent for those who lack {who}."));
            }
        } else if let (Seen::Constant(value), Some(_)) = (&fact.seen, fact.definition)
            && fact.alike
        {
            add(HintKind::Params, format!(" = {value}"), String::new());
        }
    }
    if shown.dimensions {
        let mut applied = BTreeSet::new();
        for call in record.calls.iter().filter(|call| call.span.source == SourceId::default()) {
            if applied.insert(call.span)
                && let Some(text) = dimensions(call)
                && let Some(at) = at(call.span.range())
            {
                let tooltip = parameters(call);
                hints.push(Hint { at, text, kind: HintKind::Dimensions, tooltip });
            }
        }
        hints.extend(heads(record, carry));
    }
    hints
}

/// The shape behind a stage, where it is not that before it.
fn shape(fact: &Fact, before: Option<&Fact>) -> Option<String> {
    if !shown::is_value(&fact.seen) {
        return None;
    }
    // Who lacks it is a hint of its own.
    let (Seen::Tensor(now, _), then) = (&fact.seen, before.and_then(|before| shown::ty(&before.seen))) else {
        return Some(shown::seen(&fact.seen));
    };
    if then.is_some_and(|then| (&then.shape, &then.kind) == (&now.shape, &now.kind)) {
        return None;
    }
    let plain = now.clone().held_by(fascicle_lang::graph::Presence::new());
    Some(if fact.same_shape { plain.to_string() } else { format!("{plain}, ..") })
}

/// Who lacks what comes out, where that is not who lacks what went in, or at the first stage of a pipe.
fn newly_absent(record: &Record, fact: &Fact, before: Option<&Fact>) -> Option<String> {
    let now = shown::ty(&fact.seen)?;
    let same = |before: &Fact| shown::ty(&before.seen).is_some_and(|then| then.presence == now.presence);
    let is_pipe =
        |before: &Fact| record.within(before.span).any(|fact| fact.stage.is_some() && fact.span.end == before.span.end);
    let first = !before.is_some_and(is_pipe);
    if !first && before.is_some_and(same) {
        return None;
    }
    let who = shown::lacking(record, now)?;
    Some(if fact.alike { who } else { format!("{who}, ..") })
}

fn dimensions(call: &Call) -> Option<String> {
    let solved: Vec<String> = call.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
    (!solved.is_empty()).then(|| format!(" {}", solved.join(" ")))
}

fn parameters(call: &Call) -> String {
    let given: Vec<String> = call.parameters.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    format!("{}({})", call.name, given.join(", "))
}

/// Behind the name of each block that is applied more than once: that what is shown inside is of the first call.
fn heads(record: &Record, carry: Option<&Carry>) -> Vec<Hint> {
    let mut seen: Vec<(&Call, usize)> = Vec::new();
    for call in record.calls.iter().filter(|call| call.declared.source == SourceId::default()) {
        match seen.iter_mut().find(|(first, _)| first.declared == call.declared) {
            Some((_, count)) => *count += 1,
            None => seen.push((call, 1)),
        }
    }
    let hint = |(call, count): (&Call, usize)| {
        let range = carry.map_or(Some(call.declared.range()), |carry| carry.range_now(call.declared.range()))?;
        let solved = dimensions(call).map(|solved| format!(":{solved}")).unwrap_or_default();
        Some(Hint {
            at: range.end,
            text: format!(" first of {count} calls{solved}"),
            kind: HintKind::Dimensions,
            tooltip: parameters(call),
        })
    };
    seen.into_iter().filter(|(_, count)| *count > 1).filter_map(hint).collect()
}

/// Behind each parameter that a sweep varies: its values.
fn varied(snapshot: &Snapshot) -> Vec<Hint> {
    let params = snapshot.tree().declarations.iter().filter_map(|declaration| match &declaration.kind {
        DeclarationKind::Param { default, .. } => Some((declaration.kind.name()?, default)),
        _ => None,
    });
    let hint = |(name, default): (&fascicle_syntax::Name, &fascicle_syntax::Expr)| {
        let (sweep, values) = swept(snapshot, &name.text).into_iter().next()?;
        let text = match values.as_slice() {
            [first, second, .., last] if values.len() > 6 => format!(" {first}, {second}, .., {last} in {sweep}"),
            values => format!(" {} in {sweep}", values.join(", ")),
        };
        let tooltip = format!("The sweep `{sweep}` gives it {} values.", values.len());
        Some(Hint { at: default.span.end as usize, text, kind: HintKind::Params, tooltip })
    };
    params.filter_map(hint).collect()
}
