//! `protocol`: how subjects are divided.

use super::column::column_name;
use super::entry::{Chapter, find};
use super::levels;
use super::step::is_word;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, all};
use crate::compile::reader::{Reader, call_parts, unknown_entry};
use crate::compile::repair;
use crate::compile::world::Table;
use crate::program::{InputSource, Protocol, ProtocolKind, Tested, Validation};
use fascicle_syntax::{DeclarationKind, Expr, ExprKind, Fix, Span};

/// What the arguments that name columns take, and what to write.
const STRATIFY: (&str, &str) = (
    "`stratify` takes the columns whose distribution is kept",
    "name them: `stratify: [diagnosis, sex]`, or leave it out",
);
const GROUP: (&str, &str) = (
    "`group` takes the column that says who belongs together",
    "name it: `group: family`; all records of a person stay together without it",
);
const LEAVE_OUT: (&str, &str) =
    ("`leave_out` takes the column whose levels are left out in turn", "name it: leave_out(site)");

/// What holds when a file says nothing: one division, 80 % training, 10 % validation, 10 % test, seed 1.
pub(in crate::compile) fn default() -> Protocol {
    Protocol::new(ProtocolKind::Holdout { train: 0.8, validation: 0.1, test: 0.1 })
}

/// Compiles a protocol that divides the people of some cohorts.
pub(in crate::compile) fn protocol(e: &mut Evaluator<'_>, scheme: &Expr, trained_on: &[String]) -> Eval<Protocol> {
    let Some(parts) = call_parts(scheme).filter(|p| p.receiver.is_none()) else {
        return e.fail(
            Diagnostic::error(
                Code::WrongArgument,
                scheme.span,
                "a protocol is `kfold(..)`, `leave_out(..)` or `holdout(..)`",
            )
            .hint("for example: protocol cv = kfold(5, stratify: [diagnosis], seed: 1)"),
        );
    };
    let Some(entry) = find(Chapter::Protocol, parts.name) else {
        return unknown_entry(e, Code::WrongArgument, Chapter::Protocol, parts.name, parts.name_span);
    };
    let mut reader = Reader::by(&parts, entry);
    let kind = match parts.name {
        "kfold" => kfold(e, &mut reader)?,
        "leave_out" => leave_out(e, &mut reader, trained_on)?,
        // The last of the table: `holdout`.
        _ => shares(e, &mut reader)?,
    };
    // A level that is left out keeps its people together already.
    let group = match parts.name != "leave_out" {
        true => reader.named("group"),
        false => None,
    };
    let group = match group {
        Some(expr) => {
            let column = column_of_people(e, expr, GROUP)?;
            levels::grouped(e, &column, expr.span, trained_on, &kind)?;
            Some(column)
        }
        None => None,
    };
    let once = match reader.named("once") {
        Some(expr) => reader.word_of(e, "once", expr, &["subject"])? == "subject",
        None => false,
    };
    let stratify = match reader.named("stratify") {
        Some(expr) => match &expr.kind {
            ExprKind::List(items) => all(items.iter().map(|i| column_of_people(e, i, STRATIFY)))?,
            _ => vec![column_of_people(e, expr, STRATIFY)?],
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
    Ok(Protocol { kind, stratify, seeds, repeats, group, once })
}

/// `kfold(5, validation: fold, holdout: 100)`.
fn kfold(e: &mut Evaluator<'_>, reader: &mut Reader<'_>) -> Eval<ProtocolKind> {
    let span = reader.span;
    let folds =
        match reader.positional("folds").map(|expr| reader.count_up_to(e, "folds", expr, (1, 10_000))).transpose()? {
            Some(1) => {
                return e.fail(
                    Diagnostic::error(Code::WrongArgument, span, "one fold leaves nobody to train on")
                        .hint("for a single division write holdout(train: 0.8, validation: 0.1, test: 0.1)")
                        .repair(repair::written(span, "holdout(train: 0.8, validation: 0.1, test: 0.1)")),
                );
            }
            Some(folds) => folds,
            None => return reader.missing(e, "folds", "for example kfold(5)"),
        };
    let (validation, validation_span) = match reader.given("validation") {
        Some(expr) if is_word(expr, "fold") => {
            reader.named("validation");
            (Validation::Fold, expr.span)
        }
        given => (Validation::Share(reader.number(e, "validation")?), given.map_or(span, |expr| expr.span)),
    };
    let holdout = match reader.named("holdout") {
        Some(expr) => holdout(e, reader, expr)?,
        None => 0,
    };
    let redraw_span = reader.given("redraw").map_or(span, |expr| expr.span);
    let redraw = reader.whether(e, "redraw")?;
    let test_span = reader.given("test").map_or(span, |expr| expr.span);
    let test = if reader.choice(e, "test")? == "holdout" { Tested::Holdout } else { Tested::Fold };
    let nobody_out = "keep some out of every fold: `holdout: 100`, or as many as a fold has: `holdout: one fold`";
    let wrong = match (validation, test) {
        _ if redraw && holdout == 0 => Some((redraw_span, "nobody is held out who could be drawn again", nobody_out)),
        (_, Tested::Holdout) if holdout == 0 => {
            Some((test_span, "those held out are to test, and nobody is held out", nobody_out))
        }
        (Validation::Share(_), Tested::Holdout) => Some((
            test_span,
            "where those held out test, the folds have nothing to do but to validate",
            "let each validate in its turn: `validation: fold`; for a single division write holdout(train: 0.8)",
        )),
        (Validation::Fold, Tested::Fold) if folds < 3 => Some((
            validation_span,
            "one fold tests and one validates: of two, nobody is left to train on",
            "make three folds or more, or let a share of the others validate: `validation: 0.1`",
        )),
        _ => None,
    };
    if let Some((span, message, hint)) = wrong {
        let fix = match (hint == nobody_out, validation) {
            (true, _) => in_protocol(e, "holdout", "one fold"),
            (false, Validation::Share(_)) => in_protocol(e, "validation", "fold"),
            (false, Validation::Fold) => in_protocol(e, "folds", "3"),
        };
        return e.fail(Diagnostic::error(Code::WrongArgument, span, message).hint(hint).repairs(fix));
    }
    Ok(ProtocolKind::KFold { folds, validation, holdout, redraw, test })
}

/// `leave_out(site, validation: 0.15)`.
fn leave_out(e: &mut Evaluator<'_>, reader: &mut Reader<'_>, trained_on: &[String]) -> Eval<ProtocolKind> {
    let Some(expr) = reader.positional("column") else {
        let known =
            e.cohorts.clone().iter().all(|c| e.tables.of(c).map_or(true, |table| table.column("site").is_some()));
        let fix = known.then(|| repair::first_argument(e.sources, reader.span, "leave_out", "site")).flatten();
        return reader.missing_with(e, "column", "whose levels are left out in turn: leave_out(site)", fix);
    };
    let column = column_of_people(e, expr, LEAVE_OUT)?;
    let validation = reader.number(e, "validation")?;
    let levels = levels::left_out(e, &column, expr.span, trained_on)?;
    Ok(ProtocolKind::LeaveOut { column, levels, validation })
}

/// `holdout(train: 0.7, validation: 0.1, test: 0.2)`.
fn shares(e: &mut Evaluator<'_>, reader: &mut Reader<'_>) -> Eval<ProtocolKind> {
    if let Some(share) = reader.rest().first() {
        return e.fail(
            Diagnostic::error(Code::WrongArgument, share.span, "the shares of `holdout` are given by name")
                .hint("for example holdout(train: 0.8, validation: 0.1, test: 0.1)")
                .repairs(shares_by_name(e)),
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
                reader.span,
                format!("the shares add up to {sum}: {train} training, {validation} validation, {test} test"),
            )
            .hint(
                "they must add up to 1, with some training; where they are not written, training is 0.8, validation 0.1, and \
                 the test the rest",
            )
            .repairs(rest(e, (train, validation, test))),
        );
    }
    Ok(ProtocolKind::Holdout { train, validation, test })
}

/// The test as what training and validation leave; training, where they leave nothing.
fn rest(e: &Evaluator<'_>, (train, validation, test): (f64, f64, f64)) -> Option<Fix> {
    let share = |share: f64| format!("{}", (share * 1e6).round() / 1e6);
    match (train > 0.0 && train + validation < 1.0, validation + test < 1.0) {
        (true, _) => in_protocol(e, "test", &share(1.0 - train - validation)),
        (false, true) => in_protocol(e, "train", &share(1.0 - validation - test)),
        (false, false) => None,
    }
}

/// `holdout(0.8, 0.1, 0.1)` with the names of the shares.
fn shares_by_name(e: &Evaluator<'_>) -> Option<Fix> {
    let parts = call_parts(scheme(e)?)?;
    let unnamed: Vec<Span> = parts.arguments.iter().filter(|a| a.name.is_none()).map(|a| a.value.span).collect();
    let names: &[&str] = if unnamed.len() == 2 { &["train", "test"] } else { &["train", "validation", "test"] };
    let place = |at: Span| Span { end: at.start, ..at };
    let mut named = unnamed.iter().zip(names);
    let (first, name) = named.next().filter(|_| unnamed.len() <= names.len())?;
    let fix = Fix::new("name the shares", place(*first), format!("{name}: "));
    Some(named.fold(fix, |fix, (at, name)| fix.and(place(*at), format!("{name}: "))))
}

/// A column by which people are divided; a target or another single column of the file may stand for its own.
fn column_of_people(e: &mut Evaluator<'_>, expr: &Expr, (takes, hint): (&str, &str)) -> Eval<String> {
    if let ExprKind::Bool(_) = &expr.kind {
        let fix = repair::without_item(e.sources, expr.span);
        return e.fail(Diagnostic::error(Code::WrongArgument, expr.span, takes).hint(hint).repairs(fix));
    }
    let name = column_name(e, expr)?;
    if let Some(InputSource::Column { column, .. }) = e.inputs.iter().find(|i| i.name == name).map(|i| &i.source) {
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

/// The scheme of the file's protocol, and where it stands.
pub(super) fn scheme<'a>(e: &Evaluator<'a>) -> Option<&'a Expr> {
    let unit = e.unit;
    unit.declarations.iter().find_map(|declared| match &declared.declaration.kind {
        DeclarationKind::Protocol { scheme, .. } if declared.scope == 0 => Some(scheme),
        _ => None,
    })
}

/// An argument that the file's protocol lacks, or has otherwise.
pub(super) fn in_protocol(e: &Evaluator<'_>, name: &str, value: &str) -> Option<Fix> {
    let scheme = scheme(e)?;
    let parts = call_parts(scheme)?;
    let given = parts.arguments.iter().find(|a| match &a.name {
        Some(given) => given.text == name,
        None => name == "folds",
    });
    Some(match given {
        Some(argument) => repair::written(argument.value.span, value),
        None => repair::with_argument(e.sources, scheme.span, &format!("{name}: {value}")),
    })
}
