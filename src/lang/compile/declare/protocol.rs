//! `protocol`: how subjects are divided.

use super::column::column_name;
use super::entry::{Chapter, find};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, all};
use crate::compile::reader::{Reader, call_parts, unknown_entry};
use crate::compile::world::Table;
use crate::program::{InputSource, Protocol, ProtocolKind};
use fascicle_syntax::{Expr, ExprKind};

/// What holds when a file says nothing: one division, 80 % training, 10 % validation, 10 % test, seed 1.
pub(in crate::compile) fn default() -> Protocol {
    Protocol {
        kind: ProtocolKind::Holdout { train: 0.8, validation: 0.1, test: 0.1 },
        stratify: Vec::new(),
        seeds: vec![1],
        repeats: 1,
    }
}

/// Compiles a protocol.
pub(in crate::compile) fn protocol(e: &mut Evaluator<'_>, scheme: &Expr) -> Eval<Protocol> {
    let Some(parts) = call_parts(scheme).filter(|p| p.receiver.is_none()) else {
        return e.fail(
            Diagnostic::error(Code::WrongArgument, scheme.span, "a protocol is `kfold(..)` or `holdout(..)`")
                .hint("for example: protocol cv = kfold(5, stratify: [diagnosis], seed: 1)"),
        );
    };
    let Some(entry) = find(Chapter::Protocol, parts.name) else {
        return unknown_entry(e, Code::WrongArgument, Chapter::Protocol, parts.name, parts.name_span);
    };
    let mut reader = Reader::by(&parts, entry);
    let kind = match parts.name {
        "kfold" => {
            let folds = match reader
                .positional("folds")
                .map(|expr| reader.count_up_to(e, "folds", expr, (1, 10_000)))
                .transpose()?
            {
                Some(1) => {
                    return e.fail(
                        Diagnostic::error(Code::WrongArgument, parts.span, "one fold leaves nobody to train on")
                            .hint("for a single division write holdout(train: 0.8, validation: 0.1, test: 0.1)"),
                    );
                }
                Some(folds) => folds,
                None => return reader.missing(e, "folds", "for example kfold(5)"),
            };
            let validation = reader.number(e, "validation")?;
            let holdout = match reader.named("holdout") {
                Some(expr) => holdout(e, &reader, expr)?,
                None => 0,
            };
            ProtocolKind::KFold { folds, validation, holdout }
        }
        // The last of the table: `holdout`.
        _ => {
            if let Some(share) = reader.rest().first() {
                return e.fail(
                    Diagnostic::error(Code::WrongArgument, share.span, "the shares of `holdout` are given by name")
                        .hint("for example holdout(train: 0.8, validation: 0.1, test: 0.1)"),
                );
            }
            let train = reader.number(e, "train")?;
            let validation = reader.number(e, "validation")?;
            let test = reader.named_real(e, "test", 0.0, 1.0)?.unwrap_or((1.0 - train - validation).max(0.0));
            // Shares are written with a digit or two; sums of binary fractions have more.
            let sum = ((train + validation + test) * 1e6).round() / 1e6;
            if sum != 1.0 || train <= 0.0 {
                return e.fail(
                    Diagnostic::error(
                        Code::WrongArgument,
                        parts.span,
                        format!("the shares add up to {sum}: {train} training, {validation} validation, {test} test"),
                    )
                    .hint(
                        "they must add up to 1, with some training; where they are not written, training is 0.8, validation 0.1, and \
                         the test the rest",
                    ),
                );
            }
            ProtocolKind::Holdout { train, validation, test }
        }
    };
    let stratify = match reader.named("stratify") {
        Some(expr) => match &expr.kind {
            ExprKind::List(items) => all(items.iter().map(|i| strata(e, i)))?,
            _ => vec![strata(e, expr)?],
        },
        None => Vec::new(),
    };
    let seed = reader.named_count(e, "seed", 0)?;
    let seeds = match (reader.named_ints(e, "seeds")?, seed) {
        (Some((_, span)), Some(_)) => {
            return e.fail(
                Diagnostic::error(Code::WrongArgument, span, "give `seed` or `seeds`, not both")
                    .hint("`seeds: [1, 2, 3]` divides the subjects three times, `seed: 1` once"),
            );
        }
        (Some((seeds, span)), None) => {
            let all: Vec<u64> = seeds.iter().filter_map(|s| u64::try_from(*s).ok()).collect();
            if all.is_empty() || all.len() != seeds.len() {
                return e.fail(
                    Diagnostic::error(Code::WrongArgument, span, "`seeds` takes whole numbers of at least 0")
                        .hint("for example seeds: [1, 2, 3]"),
                );
            }
            all
        }
        (None, seed) => vec![seed.unwrap_or(1) as u64],
    };
    let repeats = reader.whole(e, "repeats")?;
    reader.finish(e)?;
    Ok(Protocol { kind, stratify, seeds, repeats })
}

/// A column whose distribution is kept alike; a target or another single column of the file may stand for its own.
fn strata(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<String> {
    if let ExprKind::Bool(_) = &expr.kind {
        return e.fail(
            Diagnostic::error(
                Code::WrongArgument,
                expr.span,
                "`stratify` takes the columns whose distribution is kept",
            )
            .hint("name them: `stratify: [diagnosis, sex]`, or leave it out"),
        );
    }
    let name = column_name(e, expr)?;
    if let Some(InputSource::Column { column }) = e.inputs.iter().find(|i| i.name == name).map(|i| &i.source) {
        return Ok(column.clone());
    }
    let tables: Vec<_> = e.cohorts.iter().map(|c| (c.name.clone(), e.tables.of(c))).collect();
    let lacks = |table: &Table| table.as_ref().is_ok_and(|t| t.column(&name).is_none());
    match tables.first() {
        Some((cohort, Ok(table))) if tables.iter().all(|(_, t)| lacks(t)) => {
            super::column::unknown_column(e, cohort, table, &name, expr.span)
        }
        _ => Ok(name),
    }
}

/// `holdout: 100` subjects. `holdout: one fold` keeps out as many as a fold holds, which the plan settles: 0 stands
/// for nobody, `usize::MAX` for one fold.
fn holdout(e: &mut Evaluator<'_>, reader: &Reader<'_>, expr: &Expr) -> Eval<usize> {
    if let ExprKind::Phrase(words) = &expr.kind
        && words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>() == ["one", "fold"]
    {
        return Ok(usize::MAX);
    }
    reader.count_of(e, "holdout", expr, 1)
}
