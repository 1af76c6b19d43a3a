//! Edits of what stands around a place: the call that it is an argument of, the pipe of that call, the body that reads a name.

use super::{between, item, short, without_item, without_stage, written};
use crate::compile::diagnostic::Sources;
use fascicle_syntax::{Fix, LexemeKind, Span, lexemes};

/// The call that a place is an argument of, from its name to its closing bracket.
pub(in crate::compile) fn call_around(sources: &Sources, place: Span) -> Option<Span> {
    let text = &sources.get(place.source)?.text;
    let mut at = place;
    while let Some(before) = item(text, at)?.before {
        let end = text.get(..before)?.trim_end().len() as u32;
        at = Span { start: end.checked_sub(1)?, end, ..place };
    }
    let callee = text.get(..item(text, at)?.start)?.strip_suffix('(')?;
    let start = callee.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.').len();
    let mut last = item(text, place)?;
    while let Some(after) = last.after {
        last = item(text, Span { start: after as u32, end: after as u32, ..place })?;
    }
    (start < callee.len()).then(|| between(place.source, start, last.end + 1))
}

/// Without the stage of a pipe that a place is an argument of.
pub(in crate::compile) fn without_stage_around(sources: &Sources, place: Span) -> Option<Fix> {
    without_stage(sources, call_around(sources, place)?)
}

/// `Sequential(a, b)(x)` as `x |> a |> b`, and behind a pipe as its stages.
pub(in crate::compile) fn piped_layers(sources: &Sources, callee: Span) -> Option<Fix> {
    let text = &sources.get(callee.source)?.text;
    let items = |open: usize| -> Option<(Vec<&str>, usize)> {
        text.get(open..)?.strip_prefix('(')?;
        let (mut at, mut found) = (open + 1, Vec::new());
        loop {
            let next = item(text, Span { start: at as u32, end: at as u32, ..callee })?;
            found.push(text.get(at..next.end)?.trim());
            match next.after {
                Some(after) => at = after,
                None => return Some((found, next.end + 1)),
            }
        }
    };
    let (layers, end) = items(callee.end as usize)?;
    if layers.iter().any(|layer| layer.is_empty()) {
        return None;
    }
    let layers = layers.join(" |> ");
    let before = text.get(..callee.start as usize)?.trim_end();
    if before.ends_with("|>") {
        return Some(Fix::new(
            "write its layers as stages",
            between(callee.source, callee.start as usize, end),
            layers,
        ));
    }
    let (given, end) = items(end)?;
    let [given] = given.as_slice() else { return None };
    let behind = text.get(end..)?.trim_start();
    let alone = before.ends_with(['{', '(', ',', '[', '=', '>'])
        && (behind.starts_with(['}', ')', ',', ']']) || behind.starts_with("|>"));
    let now = if alone { format!("{given} |> {layers}") } else { format!("({given} |> {layers})") };
    Some(Fix::new(format!("write `{}`", short(&now)), between(callee.source, callee.start as usize, end), now))
}

/// A model without an input, whose name stands in its head and in its body: wherever the body reads it, the item of a list or of
/// a call goes that holds it. Nothing where something else than an item would have to go.
pub(in crate::compile) fn unread(sources: &Sources, head: Span, body: Span) -> Option<Fix> {
    let text = &sources.get(head.source)?.text;
    let name = sources.text(head);
    let mut fix = Fix { title: format!("leave `{name}` out of the model"), ..without_item(sources, head)? };
    let inside = sources.text(body);
    for word in lexemes(inside) {
        if word.kind != LexemeKind::Word || inside.get(word.start..word.end) != Some(name) {
            continue;
        }
        let mut at = Span { start: body.start + word.start as u32, end: body.start + word.end as u32, ..body };
        while item(text, at).is_none_or(|found| found.before.is_none() && found.after.is_none()) {
            at = call_around(sources, at).filter(|call| call.start >= body.start)?;
        }
        fix.edits.extend(without_item(sources, at)?.edits);
    }
    Some(fix)
}

/// A number with another unit: `4deg` as `4mm`.
pub(in crate::compile) fn in_unit(sources: &Sources, value: Span, unit: &str) -> Option<Fix> {
    let text = sources.text(value);
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    (number.parse::<f64>().is_ok() && number.len() < text.len()).then(|| written(value, &format!("{number}{unit}")))
}

/// A module that a body names by `let` made again where it is applied: `let e = Linear(4)`, and `e(b)` as `Linear(4)(b)`.
pub(in crate::compile) fn made_again(sources: &Sources, application: Span, declaration: Span) -> Option<Fix> {
    let (text, body) = (sources.text(application), sources.text(declaration));
    let words = lexemes(text);
    let spelt = |at: usize| words.get(at).and_then(|word| text.get(word.start..word.end)).unwrap_or("");
    // It is called, or it is the last stage of a pipe.
    let at = if spelt(1) == "(" {
        0
    } else {
        words.len().checked_sub(1).filter(|last| *last > 0 && spelt(last - 1) == "|>")?
    };
    let name = spelt(at);
    let all = lexemes(body);
    let of = |at: usize| all.get(at).and_then(|word| body.get(word.start..word.end)).unwrap_or("");
    let bound = (0..all.len()).find(|at| of(*at) == "let" && of(at + 1) == name && of(at + 2) == "=")?;
    let from = all.get(bound + 3)?.start;
    let made = body.get(from..)?.lines().next()?.trim_end();
    let is_call = made.ends_with(')') && made.starts_with(|c: char| c.is_ascii_uppercase()) && !made.contains("|>");
    let word = words.get(at)?;
    let place =
        between(application.source, application.start as usize + word.start, application.start as usize + word.end);
    is_call.then(|| Fix::new(format!("make one here: `{}`", short(made)), place, made))
}
