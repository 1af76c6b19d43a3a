//! The parts of a file: its outline, what folds, what a selection grows to, its layout.

use crate::names::{Location, text_of};
use crate::snapshot::Snapshot;
use crate::snapshot::Workspace;
use fascicle_syntax::{
    Body, Declaration, DeclarationKind, Expr, ExprKind, InputWord, LexemeKind, Name, SourceId, Span, format, lexemes,
    parse,
};
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

/// A stretch of lines that can be folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// From the end of the line that stays to the end of the last that goes.
    pub range: Range<usize>,
    /// Whether it is a comment.
    pub comment: bool,
    /// Whether it takes names from elsewhere.
    pub imports: bool,
}

/// What can be folded: brackets over several lines, comments, runs of `use`. It asks for words alone, so that a broken file folds.
pub fn folds(snapshot: &Snapshot) -> Vec<Fold> {
    let (text, document) = (snapshot.text(), &snapshot.document);
    let mut found = Vec::new();
    let mut open: Vec<(usize, &str)> = Vec::new();
    let mut comment: Option<(usize, usize)> = None;
    let mut imports: Option<(usize, usize)> = None;
    let line = |at: usize| document.line_of(at);
    let mut add = |start: usize, end: usize, comment: bool, imports: bool| {
        let last = document.line(line(end)).end;
        let first = document.line(line(start)).end;
        if line(start) < line(end) {
            found.push(Fold { range: first..last, comment, imports });
        }
    };
    for lexeme in lexemes(text) {
        let word = &text[lexeme.start..lexeme.end];
        let is_comment = matches!(lexeme.kind, LexemeKind::Comment | LexemeKind::Doc);
        if is_comment {
            let alone = text[document.line(line(lexeme.start)).start..lexeme.start].trim().is_empty();
            match comment {
                Some((_, last)) if alone && line(last) + 1 == line(lexeme.start) => {
                    comment = comment.map(|(first, _)| (first, lexeme.start));
                }
                _ => {
                    comment.iter().for_each(|(first, last)| add(*first, *last, true, false));
                    comment = alone.then_some((lexeme.start, lexeme.start));
                }
            }
        }
        let begins = document.line(line(lexeme.start)).start == lexeme.start;
        if begins && lexeme.kind == LexemeKind::Keyword {
            match (word, imports) {
                ("use", Some((first, _))) => imports = Some((first, lexeme.end)),
                ("use", None) => imports = Some((lexeme.start, lexeme.end)),
                (_, Some((first, last))) => {
                    add(first, last, false, true);
                    imports = None;
                }
                _ => {}
            }
        }
        match word {
            "(" | "[" | "{" if lexeme.kind == LexemeKind::Bracket => open.push((lexeme.start, word)),
            ")" | "]" | "}" if lexeme.kind == LexemeKind::Bracket => {
                let opens = match word {
                    ")" => "(",
                    "]" => "[",
                    _ => "{",
                };
                if let Some(at) = open.iter().rposition(|(_, bracket)| *bracket == opens) {
                    let start = open[at].0;
                    open.truncate(at);
                    // The closing bracket stays in sight.
                    let before = line(lexeme.start).saturating_sub(1);
                    if before > line(start) {
                        add(start, document.line(before).end, false, false);
                    }
                }
            }
            _ => {}
        }
    }
    comment.iter().for_each(|(first, last)| add(*first, *last, true, false));
    imports.iter().for_each(|(first, last)| add(*first, *last, false, true));
    found.sort_by_key(|fold| (fold.range.start, fold.range.end));
    // Two on one line: the wider.
    found.dedup_by(|later, earlier| {
        let same = document.line_of(later.range.start) == document.line_of(earlier.range.start);
        if same {
            earlier.range.end = earlier.range.end.max(later.range.end);
        }
        same
    });
    found
}

/// What a selection at a place grows to: the word, each expression around it, the declaration, the file.
pub fn selections(snapshot: &Snapshot, at: usize) -> Vec<Range<usize>> {
    let text = snapshot.text();
    let mut found: Vec<Range<usize>> = Vec::new();
    let word = lexemes(text).into_iter().find(|l| l.start <= at && at <= l.end && l.kind != LexemeKind::Other);
    found.extend(word.map(|l| l.start..l.end));
    if let Some(declaration) = snapshot.declaration_at(at) {
        let mut around = Vec::new();
        expressions(declaration, &mut |span| {
            let range = span.range();
            if range.start <= at && at <= range.end {
                around.push(range);
            }
        });
        around.push(declaration.span.range());
        found.extend(around);
    }
    found.push(0..text.len());
    found.sort_by_key(|range| (range.len(), std::cmp::Reverse(range.start)));
    found.dedup();
    // Each must hold the one before it.
    let mut nested: Vec<Range<usize>> = Vec::new();
    for range in found {
        if nested.last().is_none_or(|last| range.start <= last.start && last.end <= range.end) {
            nested.push(range);
        }
    }
    nested
}

/// Every expression and body of a declaration.
fn expressions(declaration: &Declaration, seen: &mut impl FnMut(Span)) {
    use DeclarationKind as D;
    match &declaration.kind {
        D::Use(_) | D::Extends { .. } => {}
        D::UseModel { file, .. } => expression(file, seen),
        D::Param { ty, default, .. } => {
            seen(ty.span);
            expression(default, seen);
        }
        D::Cohort { source, clauses, .. } => {
            expression(source, seen);
            in_clauses(clauses, seen);
        }
        D::Input { ty, source, .. } => {
            seen(ty.span);
            expression(source, seen);
        }
        D::Group { members, .. } => expression(members, seen),
        D::Block(block) => {
            for parameter in block.parameters.iter().chain(&block.inputs) {
                parameter.ty.iter().for_each(|ty| seen(parameter.name.span.to(ty.span)));
                parameter.default.iter().for_each(|default| expression(default, seen));
            }
            block.result.iter().for_each(|ty| seen(ty.span));
            body(&block.body, seen);
        }
        D::Model { inputs, body: inner, .. } => {
            inputs.iter().for_each(|input| expression(input, seen));
            body(inner, seen);
        }
        D::Baseline { inputs, method, .. } => inputs.iter().chain([method]).for_each(|e| expression(e, seen)),
        D::Loss { body: inner, .. } => body(inner, seen),
        D::Train { clauses, .. } => in_clauses(clauses, seen),
        D::Protocol { scheme, .. } => expression(scheme, seen),
        D::Ensemble { arguments, .. } => arguments.iter().for_each(|a| expression(&a.value, seen)),
        D::Score { of, items, .. } => {
            of.iter().chain(items.iter().map(|item| &item.value)).for_each(|e| expression(e, seen));
        }
        D::Compare { of, against, items, .. } => {
            of.iter().chain(against).chain(items.iter().map(|item| &item.value)).for_each(|e| expression(e, seen));
        }
        D::Analysis { calls, .. } => calls.iter().for_each(|call| expression(call, seen)),
        D::Sweep { axes, clauses, .. } | D::Search { axes, clauses, .. } => {
            axes.iter().flat_map(|axis| &axis.values).for_each(|values| expression(values, seen));
            in_clauses(clauses, seen);
        }
    }
}

fn in_clauses(clauses: &[fascicle_syntax::Clause], seen: &mut impl FnMut(Span)) {
    for clause in clauses {
        for value in &clause.values {
            expression(&value.value, seen);
            value.links.iter().for_each(|(_, linked)| expression(linked, seen));
        }
        let last = clause.values.last().map_or(clause.word.span, |v| v.links.last().map_or(v.value.span, |l| l.1.span));
        seen(clause.word.span.to(last));
    }
}

fn body(of: &Body, seen: &mut impl FnMut(Span)) {
    for statement in &of.statements {
        expression(&statement.value, seen);
        seen(statement.name.span.to(statement.value.span));
    }
    of.result.iter().for_each(|result| expression(result, seen));
    seen(of.span);
}

fn expression(expr: &Expr, seen: &mut impl FnMut(Span)) {
    // Nesting is bounded by the parser.
    seen(expr.span);
    match &expr.kind {
        ExprKind::List(items) => items.iter().for_each(|item| expression(item, seen)),
        ExprKind::Record(fields) => fields.iter().for_each(|(_, value)| expression(value, seen)),
        ExprKind::Call { callee, arguments } => {
            expression(callee, seen);
            for argument in arguments {
                argument.name.iter().for_each(|name| seen(name.span.to(argument.value.span)));
                expression(&argument.value, seen);
            }
        }
        ExprKind::Index { of, by } => {
            expression(of, seen);
            by.iter().for_each(|by| expression(by, seen));
        }
        ExprKind::Field { of, .. } => expression(of, seen),
        ExprKind::Pipe { input, stage } => {
            expression(input, seen);
            expression(stage, seen);
        }
        ExprKind::Binary { left, right, .. } => {
            expression(left, seen);
            expression(right, seen);
        }
        ExprKind::Negate(inner) | ExprKind::Not(inner) => expression(inner, seen),
        ExprKind::Range { start, end, .. } => {
            expression(start, seen);
            expression(end, seen);
        }
        ExprKind::For { over, filter, body: inner, .. } => {
            expression(over, seen);
            filter.iter().for_each(|filter| expression(filter, seen));
            body(inner, seen);
        }
        ExprKind::Scan(iteration) | ExprKind::Fold(iteration) => {
            expression(&iteration.over, seen);
            expression(&iteration.from, seen);
            body(&iteration.body, seen);
        }
        ExprKind::If { condition, then, otherwise } => {
            expression(condition, seen);
            body(then, seen);
            otherwise.iter().for_each(|otherwise| body(otherwise, seen));
        }
        ExprKind::Match { scrutinee, arms } => {
            expression(scrutinee, seen);
            for arm in arms {
                arm.patterns.iter().for_each(|pattern| expression(pattern, seen));
                expression(&arm.value, seen);
                seen(arm.span.to(arm.value.span));
            }
        }
        _ => {}
    }
}

/// The text laid out, as the bytes to be replaced by what; `None` where nothing changes, or where the file cannot be read.
pub fn formatting(snapshot: &Snapshot) -> Option<(Range<usize>, String)> {
    let text = snapshot.text();
    let laid_out = format(text).ok()?;
    replacement(text, &laid_out)
}

/// The declaration that a `}` right before a place ends, laid out: the rest of the file stays as it is, and may be broken.
pub fn formatting_on_brace(snapshot: &Snapshot, at: usize) -> Option<(Range<usize>, String)> {
    let text = snapshot.text();
    if !text.get(..at)?.ends_with('}') {
        return None;
    }
    let declaration = snapshot.tree().declarations.iter().find(|d| d.span.end as usize == at)?;
    let range = declaration.span.range();
    let laid_out = format(text.get(range.clone())?).ok()?;
    let (within, replacement) = replacement(&text[range.clone()], laid_out.trim_end())?;
    Some((range.start + within.start..range.start + within.end, replacement))
}

/// The lines that differ, so that an editor keeps its place.
fn replacement(old: &str, new: &str) -> Option<(Range<usize>, String)> {
    if old == new {
        return None;
    }
    let lines = |text: &str| text.split_inclusive('\n').map(str::len).collect::<Vec<usize>>();
    let (a, b): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (old_lines, new_lines) = (lines(old), lines(new));
    let start: usize = old_lines[..head].iter().sum();
    let end = old.len() - old_lines[a.len() - tail..].iter().sum::<usize>();
    let new_end = new.len() - new_lines[b.len() - tail..].iter().sum::<usize>();
    Some((start..end, new[start..new_end].to_owned()))
}
