//! Edits that many mistakes are repaired by: a word in place of another, an argument or a stage put in or left out.
//!
//! In comes the place of a mistake, known where it is raised; out goes a [`Fix`], built on the words around that place and
//! not on the tree, so that it also holds what the tree leaves out: commas, line ends, comments.

mod around;

use super::diagnostic::Sources;
pub(super) use around::{in_unit, made_again, piped_layers, unread, without_stage_around};
use fascicle_syntax::{Fix, LexemeKind, SourceId, Span, lexemes, near};

/// At most so many repairs are proposed where each is as likely as another.
pub(super) const FEW: usize = 4;

/// Another word in the place of one.
pub(super) fn written(span: Span, text: &str) -> Fix {
    Fix::new(format!("write `{text}`"), span, text)
}

/// The word that a misspelt one was most likely meant to be.
pub(super) fn meant(word: &str, known: &[&str], span: Span) -> Option<Fix> {
    near(word, known).map(|(name, is_certain)| Fix { is_certain, ..written(span, name) })
}

/// A text without its quotes: `"same"`, which is a word.
pub(super) fn unquoted(span: Span, text: &str) -> Fix {
    Fix::new("remove the quotes", span, text).certain()
}

/// The bytes of an item between the commas or brackets around it, and of the commas: `(a, |b: c|, d)`.
struct Item {
    /// Behind the comma or bracket before it.
    start: usize,
    /// Where the comma or bracket after it stands.
    end: usize,
    /// The comma before.
    before: Option<usize>,
    /// Behind the comma after.
    after: Option<usize>,
}

fn item(text: &str, span: Span) -> Option<Item> {
    let words = lexemes(text);
    let at = |start: usize| text.get(start..=start).unwrap_or("");
    let here = words.iter().position(|word| word.end > span.start as usize)?;
    let mut depth = 0;
    let mut found = Item { start: 0, end: text.len(), before: None, after: None };
    let mut bracket = false;
    for word in words[..here].iter().rev() {
        match (word.kind, at(word.start)) {
            (LexemeKind::Bracket, ")" | "]" | "}") => depth += 1,
            (LexemeKind::Bracket, _) if depth > 0 => depth -= 1,
            (LexemeKind::Bracket, _) => {
                found.start = word.end;
                bracket = true;
                break;
            }
            (LexemeKind::Punctuation, ",") if depth == 0 => {
                (found.start, found.before) = (word.end, Some(word.start));
                break;
            }
            _ => {}
        }
    }
    if !bracket && found.before.is_none() {
        return None;
    }
    for word in words.iter().skip_while(|word| word.start < span.end as usize) {
        match (word.kind, at(word.start)) {
            (LexemeKind::Bracket, "(" | "[" | "{") => depth += 1,
            (LexemeKind::Bracket, _) if depth > 0 => depth -= 1,
            (LexemeKind::Bracket, _) => {
                found.end = word.start;
                return Some(found);
            }
            (LexemeKind::Punctuation, ",") if depth == 0 => {
                (found.end, found.after) = (word.start, Some(word.end));
                return Some(found);
            }
            _ => {}
        }
    }
    None
}

fn between(source: SourceId, start: usize, end: usize) -> Span {
    Span { source, start: start as u32, end: end as u32 }
}

/// Without an argument or an item of a list, whose name or value stands at a place.
pub(super) fn without_item(sources: &Sources, span: Span) -> Option<Fix> {
    let text = &sources.get(span.source)?.text;
    let found = item(text, span)?;
    let (start, end) = match (found.before, found.after) {
        (Some(before), _) => (before, before + text.get(before..found.end)?.trim_end().len()),
        (None, Some(after)) => {
            let rest = text.get(after..)?;
            (found.start, after + rest.len() - rest.trim_start().len())
        }
        (None, None) => (found.start, found.end),
    };
    let shown = text.get(found.start..found.end)?.trim();
    Some(Fix::new(format!("leave out `{}`", short(shown)), between(span.source, start, end), ""))
}

/// Without a stage of a pipe, with the mark before it.
pub(super) fn without_stage(sources: &Sources, stage: Span) -> Option<Fix> {
    let text = &sources.get(stage.source)?.text;
    let before = text.get(..stage.start as usize)?.trim_end();
    let piped = before.strip_suffix("|>")?.trim_end();
    let shown = short(sources.text(stage));
    Some(Fix::new(format!("leave out `|> {shown}`"), between(stage.source, piped.len(), stage.end as usize), ""))
}

/// With a further stage behind a value.
pub(super) fn with_stage(value: Span, stage: &str) -> Fix {
    let end = Span { start: value.end, ..value };
    Fix::new(format!("add `|> {stage}`"), end, format!(" |> {stage}"))
}

/// With a further argument: `f` or `f()` becomes `f(x)`, `f(a)` becomes `f(a, x)`.
pub(super) fn with_argument(sources: &Sources, call: Span, argument: &str) -> Fix {
    let text = sources.text(call);
    let title = format!("add `{argument}`");
    let end = Span { start: call.end, ..call };
    // The place of a callee alone ends before its bracket.
    let behind = sources.get(call.source).and_then(|s| s.text.get(call.end as usize..)).unwrap_or("");
    if !text.ends_with(')') && behind.starts_with('(') {
        let opened = call.end + 1;
        let comma = if behind[1..].trim_start().starts_with(')') { "" } else { ", " };
        return Fix::new(title, Span { start: opened, end: opened, ..call }, format!("{argument}{comma}"));
    }
    match text.strip_suffix(')') {
        None => Fix::new(title, end, format!("({argument})")),
        Some(open) => {
            let open = open.trim_end();
            let place = call.start + open.len() as u32;
            let comma = match open.chars().last() {
                Some('(') => "",
                Some(',') => " ",
                _ => ", ",
            };
            Fix::new(title, Span { start: place, end: place, ..call }, format!("{comma}{argument}"))
        }
    }
}

/// With a further clause in the braces of a declaration: the first ones behind its name.
pub(super) fn with_clause(sources: &Sources, name: Span, clause: &str) -> Option<Fix> {
    let text = &sources.get(name.source)?.text;
    let from = name.end as usize;
    let rest = text.get(from..)?;
    let words = lexemes(rest);
    let open = words.iter().find(|w| w.kind == LexemeKind::Bracket && rest.get(w.start..w.end) == Some("{"))?;
    let inside = rest.get(open.end..)?;
    let first = inside.len() - inside.trim_start().len();
    let added = match (inside.get(..first)?.contains('\n'), inside.get(first..)?.starts_with('}')) {
        (true, false) => format!("{}{clause}", inside.get(..first)?),
        (_, true) => format!(" {clause} "),
        (false, false) => format!(" {clause},"),
    };
    let (start, end) = match inside.get(first..)?.starts_with('}') {
        true => (from + open.end, from + open.end + first),
        false => (from + open.end, from + open.end),
    };
    Some(Fix::new(format!("add `{}`", short(clause)), between(name.source, start, end), added))
}

/// With a line at the top of a file, where its `use`s stand.
pub(super) fn with_use(sources: &Sources, source: SourceId, line: &str) -> Option<Fix> {
    let text = &sources.get(source)?.text;
    let mut place = 0;
    let mut at = 0;
    let mut is_head = true;
    for part in text.split_inclusive('\n') {
        at += part.len();
        let begins = |word: &str| part.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '\t']));
        if begins("use") || begins("extends") {
            place = at;
        }
        is_head &= part.starts_with("///") || part.trim().is_empty();
        if is_head && part.trim().is_empty() {
            place = at;
        }
    }
    let newline = if place > 0 && !text.get(..place)?.ends_with('\n') { "\n" } else { "" };
    Some(Fix::new(format!("add `{line}`"), between(source, place, place), format!("{newline}{line}\n")))
}

/// With a line behind a declaration.
pub(super) fn with_line(sources: &Sources, declaration: Span, line: &str) -> Option<Fix> {
    let text = &sources.get(declaration.source)?.text;
    let from = declaration.end as usize;
    let rest = text.get(from..)?;
    let end = from + rest.find('\n').unwrap_or(rest.len());
    Some(Fix::new(format!("add `{}`", short(line)), between(declaration.source, end, end), format!("\n{line}")))
}

/// Without a stretch of text; where nothing else stands on its lines, without these, and for a declaration without the
/// comments that document it.
pub(super) fn without(sources: &Sources, span: Span, title: String) -> Option<Fix> {
    let text = &sources.get(span.source)?.text;
    let (mut start, mut end) = (span.start as usize, span.end as usize);
    let line = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(end..)?;
    let stop = rest.find('\n').map_or(text.len(), |at| end + at + 1);
    let is_blank = |part: &str| part.trim().is_empty() || part.trim() == ",";
    let own_lines = is_blank(text.get(line..start)?) && is_blank(text.get(end..stop)?);
    if own_lines {
        (start, end) = (line, stop);
        while let Some(before) = text.get(..start).and_then(|t| t.strip_suffix('\n')) {
            let above = before.rfind('\n').map_or(0, |at| at + 1);
            if !before.get(above..)?.trim_start().starts_with("///") || above == 0 {
                break;
            }
            start = above;
        }
    } else if let Some(comma) = rest.trim_start().strip_prefix(',') {
        end = text.len() - comma.trim_start().len();
    } else {
        let before = text.get(..start)?.trim_end();
        start = before.strip_suffix(',').map_or(start, str::len);
    }
    Some(Fix::new(title, between(span.source, start, end), ""))
}

/// At most so much of a text as a title can hold, on one line.
fn short(text: &str) -> String {
    const LONGEST: usize = 40;
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}..", &line[..end]),
        None => line,
    }
}

/// Without words, and the blanks before them: ` on training`.
pub(super) fn without_words(sources: &Sources, words: Span) -> Option<Fix> {
    let text = &sources.get(words.source)?.text;
    let before = text.get(..words.start as usize)?;
    let start = before.trim_end_matches([' ', '\t']).len();
    let title = format!("leave out `{}`", short(sources.text(words)));
    Some(Fix::new(title, between(words.source, start, words.end as usize), ""))
}

/// The same with the word that stands before them, if it is this one: the `on` of `on training`.
pub(super) fn without_link(sources: &Sources, word: &str, place: Span) -> Option<Fix> {
    let text = &sources.get(place.source)?.text;
    let before = text.get(..place.start as usize)?.trim_end().strip_suffix(word)?;
    without_words(sources, Span { start: before.len() as u32, ..place })
}

/// Without a clause, of which a value stands at a place: the word before the value goes, too.
pub(super) fn without_clause(sources: &Sources, value: Span) -> Option<Fix> {
    let text = &sources.get(value.source)?.text;
    let before = text.get(..value.start as usize)?.trim_end();
    let word = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let whole = Span { start: word.len() as u32, ..value };
    without(sources, whole, format!("leave out `{}`", short(sources.text(whole))))
}

/// Without `name: value`, in brackets or behind a colon, of which the value stands at a place.
pub(super) fn without_named(sources: &Sources, value: Span) -> Option<Fix> {
    let text = &sources.get(value.source)?.text;
    let before = text.get(..value.start as usize)?.trim_end().strip_suffix(':')?;
    let name = before.trim_end().trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let whole = Span { start: name.len() as u32, ..value };
    without(sources, whole, format!("leave out `{}`", short(sources.text(whole))))
}

/// Without the last stage of a pipe that makes up a place.
pub(super) fn without_last_stage(sources: &Sources, pipe: Span) -> Option<Fix> {
    without_stage(sources, last_stage(sources, pipe)?)
}

/// Where the last stage of a pipe stands.
pub(super) fn last_stage(sources: &Sources, pipe: Span) -> Option<Span> {
    let text = sources.text(pipe);
    let mut depth = 0;
    let mut last = None;
    for word in lexemes(text) {
        match (word.kind, text.get(word.start..word.end)?) {
            (LexemeKind::Bracket, "(" | "[" | "{") => depth += 1,
            (LexemeKind::Bracket, _) => depth -= 1,
            (LexemeKind::Operator, "|>") if depth == 0 => last = Some(word.end),
            _ => {}
        }
    }
    let from = last?;
    let blank = text.get(from..)?.len() - text.get(from..)?.trim_start().len();
    Some(Span { start: pipe.start + (from + blank) as u32, ..pipe })
}

/// Where a word stands within a place, first of all.
pub(super) fn word_in(sources: &Sources, place: Span, word: &str) -> Option<Span> {
    let text = sources.text(place);
    let found = lexemes(text).into_iter().find(|l| text.get(l.start..l.end) == Some(word))?;
    Some(Span { start: place.start + found.start as u32, end: place.start + found.end as u32, ..place })
}

/// A cell as it stands in a condition or a list: a word, a number, or a text in quotes.
pub(super) fn cell(level: &str) -> String {
    let is_word = level.starts_with(|c: char| c.is_ascii_alphabetic())
        && level.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_word || level.parse::<f64>().is_ok() { level.to_string() } else { format!("\"{level}\"") }
}

/// The word that was meant; where none is near, each of few.
pub(super) fn one_of(spelled: &str, words: &[&str], span: Span) -> Vec<Fix> {
    match meant(spelled, words, span) {
        Some(fix) => vec![fix],
        None if words.len() <= FEW => words.iter().map(|word| written(span, word)).collect(),
        None => Vec::new(),
    }
}

/// `Linear(x, 16)` as `x |> Linear(16)`: the first of what a call is given, whose place is known, before it.
pub(super) fn piped(sources: &Sources, argument: Span) -> Option<Fix> {
    let text = &sources.get(argument.source)?.text;
    let found = item(text, argument)?;
    if found.before.is_some() {
        return None;
    }
    let callee = text.get(..found.start)?.strip_suffix('(')?;
    let start = callee.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
    let given = sources.text(argument);
    let place = between(argument.source, start, start);
    let left_out = without_item(sources, argument)?;
    let title = format!("write `{given} |> {}(..)`", callee.get(start..)?);
    let mut fix = Fix::new(title, place, format!("{given} |> "));
    fix.edits.extend(left_out.edits);
    Some(fix)
}

/// Another shape in the brackets of a declared type: `volume[64, 64, 64]` with a channel.
pub(super) fn shape_of(sources: &Sources, ty: Span, shape: &[usize]) -> Fix {
    let now = format!("[{}]", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", "));
    let text = sources.text(ty);
    let place = match (text.find('['), text.find(']')) {
        (Some(open), Some(close)) if open < close => {
            Span { start: ty.start + open as u32, end: ty.start + close as u32 + 1, ..ty }
        }
        _ => Span { start: ty.end, ..ty },
    };
    written(place, &now)
}

/// Words before `name: value`, of which the value stands at a place.
pub(super) fn before_named(sources: &Sources, value: Span, words: &str) -> Option<Fix> {
    let text = &sources.get(value.source)?.text;
    let before = text.get(..value.start as usize)?.trim_end().strip_suffix(':')?;
    let name = before.trim_end().trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
    let shown = words.trim_end().trim_end_matches(',');
    Some(Fix::new(format!("add `{shown}`"), between(value.source, name, name), words))
}

/// Without the first of what a call is given, of which one stands at a place.
pub(super) fn without_first_item(sources: &Sources, argument: Span) -> Option<Fix> {
    let text = &sources.get(argument.source)?.text;
    let mut at = argument;
    while let Some(before) = item(text, at)?.before {
        let end = text.get(..before)?.trim_end().len() as u32;
        at = Span { start: end.checked_sub(1)?, end, ..argument };
    }
    without_item(sources, at)
}

/// Without the name of an argument and the colon behind it.
pub(super) fn without_name(sources: &Sources, name: Span) -> Option<Fix> {
    let behind = sources.get(name.source)?.text.get(name.end as usize..)?;
    let rest = behind.trim_start().strip_prefix(':')?.trim_start();
    let end = name.end + (behind.len() - rest.len()) as u32;
    Some(Fix::new(format!("remove `{}:`", sources.text(name)), Span { end, ..name }, ""))
}

/// With a first argument of the call of a function within a place.
pub(super) fn first_argument(sources: &Sources, place: Span, function: &str, argument: &str) -> Option<Fix> {
    let name = word_in(sources, place, function)?;
    let behind = sources.get(place.source)?.text.get(name.end as usize..)?;
    let inside = behind.strip_prefix('(')?;
    let comma = if inside.trim_start().starts_with(')') { "" } else { ", " };
    let at = Span { start: name.end + 1, end: name.end + 1, ..name };
    Some(Fix::new(format!("add `{argument}`"), at, format!("{argument}{comma}")))
}

/// `h.relu()` as `relu(h)`: it stands wherever a value may, where a pipe could bind otherwise.
pub(super) fn as_function(sources: &Sources, of: Span, name: Span, function: &str) -> Fix {
    let given = sources.text(of);
    let behind = sources.get(name.source).and_then(|s| s.text.get(name.end as usize..)).unwrap_or("");
    let (now, end) = match behind.strip_prefix('(') {
        Some(inside) if inside.starts_with(')') => (format!("{function}({given}"), name.end + 1),
        Some(_) => (format!("{function}({given}, "), name.end + 1),
        None => (format!("{function}({given})"), name.end),
    };
    Fix::new(format!("write `{function}({given})`"), Span { end, ..of }, now)
}

/// A result that is so many numbers: the width of the linear layer it ends with, or one more such layer.
pub(super) fn ending(sources: &Sources, result: Span, width: usize) -> Fix {
    let text = sources.text(result);
    let last = text.strip_suffix(')').and_then(|open| {
        let digits = open.trim_end_matches(|c: char| c.is_ascii_digit());
        (digits.ends_with("|> Linear(") && digits.len() < open.len()).then_some((digits.len(), open.len()))
    });
    match last {
        Some((start, end)) => {
            let place = Span { start: result.start + start as u32, end: result.start + end as u32, ..result };
            Fix::new(format!("write `Linear({width})`"), place, width.to_string())
        }
        None => with_stage(result, &format!("Linear({width})")),
    }
}

/// An argument of a call: in place of what it is, or besides the others.
pub(super) fn argument(sources: &Sources, call: Span, name: &str, value: &str) -> Fix {
    let text = sources.text(call);
    let named = lexemes(text).windows(2).find_map(|pair| {
        let is_named =
            text.get(pair[0].start..pair[0].end) == Some(name) && text.get(pair[1].start..pair[1].end) == Some(":");
        is_named.then_some(pair[1].end)
    });
    let given = named.and_then(|from| {
        let place = Span { start: call.start + from as u32, end: call.start + from as u32, ..call };
        let whole = item(&sources.get(call.source)?.text, Span { start: place.start.saturating_sub(1), ..place })?;
        Some(between(call.source, from + call.start as usize, whole.end))
    });
    match given {
        Some(place) => Fix::new(format!("write `{name}: {value}`"), place, format!(" {value}")),
        None => with_argument(sources, call, &format!("{name}: {value}")),
    }
}

/// `Linear(16, activation: relu)` as `Linear(16) |> relu`: an argument, whose name stands at a place, as a stage behind
/// its call.
pub(super) fn behind_its_call(sources: &Sources, name: Span) -> Option<Fix> {
    let text = &sources.get(name.source)?.text;
    let found = item(text, name)?;
    let stage = text.get(name.end as usize..found.end)?.trim_start().strip_prefix(':')?.trim();
    let mut last = found.end;
    while text.get(last..)?.starts_with(',') {
        let next = Span { start: last as u32 + 1, end: last as u32 + 1, ..name };
        last = item(text, next)?.end;
    }
    let close = last + 1;
    let left_out = without_item(sources, name)?;
    let title = format!("write `|> {stage}` behind it");
    Some(Fix { title, ..left_out.and(between(name.source, close, close), format!(" |> {stage}")) })
}

/// A value with zeros in its stead for those who lack it; in brackets where something binds closer.
pub(super) fn or_zeros(sources: &Sources, value: Span) -> Fix {
    let text = sources.get(value.source).map_or("", |s| s.text.as_str());
    let before = text.get(..value.start as usize).unwrap_or("").trim_end();
    let behind = text.get(value.end as usize..).unwrap_or("").trim_start();
    let is_alone = before.ends_with(['(', ',', '[']) && behind.starts_with([')', ',', ']']);
    let given = sources.text(value);
    let now = if is_alone { format!("{given} ?? zeros") } else { format!("({given} ?? zeros)") };
    written(value, &now)
}

/// A value with a function applied to it: it stands wherever a value may.
pub(super) fn in_brackets(sources: &Sources, value: Span, function: &str) -> Fix {
    let given = sources.text(value);
    Fix::new(format!("write `{function}({})`", short(given)), value, format!("{function}({given})"))
}

/// Another function in the place of one that is called, with one more argument: `BCEWithLogitsLoss(m, y)`.
pub(super) fn call(sources: &Sources, callee: Span, name: &str, argument: &str) -> Option<Fix> {
    let text = &sources.get(callee.source)?.text;
    let mut end = callee.end as usize;
    // Where it is made first and applied then, it is applied at once.
    if text.get(end..)?.starts_with("()(") {
        end += 2;
    }
    let inside = Span { start: end as u32 + 1, end: end as u32 + 1, ..callee };
    text.get(end..)?.strip_prefix('(')?;
    let mut close = item(text, inside)?.end;
    while text.get(close..)?.starts_with(',') {
        close = item(text, Span { start: close as u32 + 1, end: close as u32 + 1, ..callee })?.end;
    }
    let title = format!("write `{name}(.., {argument})`");
    let fix = Fix::new(title, Span { end: end as u32, ..callee }, name).certain();
    Some(fix.and(between(callee.source, close, close), format!(", {argument}")))
}
