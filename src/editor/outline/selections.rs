//! What a selection grows to: the tree from the word outwards.

use crate::snapshot::Snapshot;
use fascicle_syntax::{Body, Clause, Declaration, DeclarationKind, Expr, ExprKind, LexemeKind, Span, lexemes};
use std::ops::Range;

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

fn in_clauses(clauses: &[Clause], seen: &mut impl FnMut(Span)) {
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
