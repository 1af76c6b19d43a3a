//! Who is judged: a part of the division, a cohort that trains nothing, groups of people apart.
//!
//! ```text
//!  score m on holdout: ..          Subset::Holdout
//!  score m on clinic: ..           Subset::All of the cohort `clinic`
//!  score m: .., within: sex        one group a level
//!  score m: .., within: age > 70   one group
//! ```

use super::column::{column_name, unknown_column};
use super::keep::{Read, predicate};
use super::protocol::in_protocol;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::frameworks::{Place, suggest};
use crate::compile::repair;
use crate::program::{Cohort, Comparison, Predicate, Protocol, ProtocolKind, Scalar, Subset};
use fascicle_syntax::{DeclarationKind, Expr, ExprKind, Fix, Name, Span};

/// Who a score is taken of: the test subjects unless it says otherwise.
pub(super) fn judged(
    e: &mut Evaluator<'_>,
    (on, of): (Option<&Name>, Span),
    protocol: &Protocol,
    trained: &[String],
) -> Eval<(Subset, Option<String>)> {
    if let (None, false) = (on, e.packed.is_empty()) {
        return match e.cohorts.as_slice() {
            [only] => Ok((Subset::All, Some(only.name.clone()))),
            several => {
                let names: Vec<String> = several.iter().map(|cohort| format!("on {}", cohort.name)).collect();
                e.fail(
                    Diagnostic::error(Code::SubsetUnknown, of, "on which cohort is this taken?")
                        .hint(format!("nobody is divided here; say whom: {}", names.join(", ")))
                        .repairs(
                            several
                                .iter()
                                .take(4)
                                .map(|cohort| {
                                    Fix::new(
                                        format!("add `on {}`", cohort.name),
                                        Span { start: of.end, ..of },
                                        format!(" on {}", cohort.name),
                                    )
                                })
                                .collect::<Vec<_>>(),
                        ),
                )
            }
        };
    }
    let Some(name) = on.filter(|name| e.cohorts.iter().any(|cohort| cohort.name == name.text)) else {
        return Ok((subset(e, on, protocol)?, None));
    };
    if !trained.contains(&name.text) {
        return Ok((Subset::All, Some(name.text.clone())));
    }
    let declared = e.unit.resolve(e.scope(), &name.text).map(|p| &e.unit.declarations[p].declaration.kind);
    let message = format!("models are trained on `{}`, whose people are divided", name.text);
    let mut diagnostic = Diagnostic::error(Code::SubsetUnknown, name.span, message);
    if let Some(DeclarationKind::Cohort { name, .. }) = declared {
        diagnostic = diagnostic.also(name.span, "this cohort");
    }
    e.fail(
        diagnostic
            .hint("`on test` are those that a fold keeps aside; a cohort is judged where every `train` names others: train m on people { .. }")
            .repair(repair::written(name.span, "test")),
    )
}

/// The groups of `within: sex`, `within: age > 70`.
pub(super) fn within(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Vec<(String, Predicate)>> {
    if !matches!(expr.kind, ExprKind::Name(_) | ExprKind::Text(_)) {
        let mut read = Read::default();
        let condition = predicate(e, expr, &mut read)?;
        for cohort in e.cohorts.clone() {
            let everybody = Cohort { keep: Vec::new(), ..cohort };
            if let Ok(table) = e.tables.of(&everybody) {
                read.check(e, &everybody, &table)?;
            }
        }
        return Ok(vec![(e.sources.text(expr.span).to_string(), condition)]);
    }
    let name = column_name(e, expr)?;
    // A condition or a target of the file is known by its levels, and by the column it is read from.
    let declared = e.inputs.iter().find(|input| input.name == name).and_then(|input| match &input.source {
        crate::program::InputSource::Column { column, .. } => Some((column.clone(), input.levels.clone())),
        _ => None,
    });
    let (column, mut levels) = declared.unwrap_or((name.clone(), Vec::new()));
    if levels.is_empty() {
        let cohorts = e.cohorts.clone();
        let tables: Vec<_> = cohorts.iter().map(|cohort| (cohort.name.clone(), e.tables.of(cohort))).collect();
        let known = tables.iter().filter_map(|(_, table)| table.as_ref().ok());
        for summary in known.filter_map(|table| table.column(&column)) {
            for level in summary.levels.iter().flatten() {
                if !levels.contains(level) {
                    levels.push(level.clone());
                }
            }
        }
        if levels.is_empty()
            && let Some((cohort, Ok(table))) = tables.first()
            && table.column(&column).is_none()
        {
            return unknown_column(e, cohort, table, &name, expr.span);
        }
    }
    if levels.is_empty() {
        return e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, format!("the groups of `{name}` are not known here"))
                .hint(format!("write a condition, such as within: {name} > 70, or declare its levels: condition {name}: class{{a, b}} = column(\"{name}\")")),
        );
    }
    let group = |level: &String| {
        let value = Scalar::Text(level.clone());
        let condition = Predicate::Compare { column: column.clone(), comparison: Comparison::Equal, value };
        (format!("{name} = {level}"), condition)
    };
    Ok(levels.iter().map(group).collect())
}

/// The subset a score is taken on: the test subjects unless it says otherwise.
pub(in crate::compile) fn subset(e: &mut Evaluator<'_>, on: Option<&Name>, protocol: &Protocol) -> Eval<Subset> {
    let Some(name) = on else { return Ok(tested(protocol)) };
    subset_named(e, &name.text, name.span, protocol)
}

/// Who tests: the test subjects, or those held out where the protocol lets them test.
fn tested(protocol: &Protocol) -> Subset {
    if protocol.kind.tests_on_holdout() { Subset::Holdout } else { Subset::Test }
}

pub(in crate::compile) fn subset_named(
    e: &mut Evaluator<'_>,
    word: &str,
    span: Span,
    protocol: &Protocol,
) -> Eval<Subset> {
    let known = ["test", "validation", "training", "holdout"];
    let subset = match word {
        "test" => tested(protocol),
        "validation" => Subset::Validation,
        "training" => Subset::Training,
        "holdout" => Subset::Holdout,
        other => {
            let mut diagnostic =
                Diagnostic::error(Code::SubsetUnknown, span, format!("there are no `{other}` subjects"));
            let declared = e.unit.resolve(e.scope(), other).map(|p| &e.unit.declarations[p].declaration.kind);
            diagnostic = if let Some(DeclarationKind::Cohort { name, .. }) = declared {
                diagnostic
                    .also(name.span, "this is a cohort")
                    .hint("`on` says which part of a division: test, validation, training or holdout")
                    .repair(repair::written(span, "test"))
            } else if let Some(suggestion) = suggest(other, &known, Place::Value) {
                diagnostic.suggest(e.sources, span, suggestion)
            } else {
                diagnostic
                    .hint(format!("there is {}", known.join(", ")))
                    .repairs(known.iter().map(|word| repair::written(span, word)))
            };
            return e.fail(diagnostic);
        }
    };
    if let Some(packed) = e.packed.first() {
        let (model, place) = (e.models[packed.model].name.clone(), packed.span);
        let cohorts: Vec<String> = e.cohorts.iter().map(|cohort| format!("`{}`", cohort.name)).collect();
        return e.fail(
            Diagnostic::error(
                Code::SubsetUnknown,
                span,
                format!("there are no `{word}` subjects: nobody is divided here"),
            )
            .also(place, format!("`{model}` was trained elsewhere"))
            .hint(format!("name a whole cohort: {}", cohorts.join(", ")))
            .repairs(e.cohorts.iter().take(4).map(|cohort| repair::written(span, &cohort.name)).collect::<Vec<_>>()),
        );
    }
    let missing = match (&protocol.kind, subset) {
        (ProtocolKind::KFold { holdout, .. }, Subset::Holdout) if *holdout == 0 => {
            Some("the protocol keeps nobody out of the folds; write kfold(5, holdout: 100)")
        }
        (ProtocolKind::LeaveOut { .. }, Subset::Holdout) => {
            Some("each level is left out once, and nobody of all of them: use `on test`")
        }
        (ProtocolKind::Holdout { .. }, Subset::Holdout) => {
            Some("a single division has training, validation and test subjects: use `on test`")
        }
        (ProtocolKind::Holdout { test, .. }, Subset::Test) if *test <= 0.0 => {
            Some("the protocol has no test subjects; write holdout(test: 0.1)")
        }
        (kind, Subset::Validation) if !kind.validates() => {
            Some("the protocol has no validation subjects; give it `validation: 0.1`")
        }
        _ => None,
    };
    match missing {
        Some(hint) => e.fail(
            Diagnostic::error(Code::SubsetUnknown, span, format!("the protocol makes no `{word}` subjects"))
                .hint(hint)
                .repairs(match (&protocol.kind, subset) {
                    (ProtocolKind::KFold { .. }, Subset::Holdout) => in_protocol(e, "holdout", "one fold"),
                    (_, Subset::Holdout) => Some(repair::written(span, "test")),
                    (_, Subset::Test) => in_protocol(e, "test", "0.1"),
                    (_, _) => in_protocol(e, "validation", "0.1"),
                }),
        ),
        None => Ok(subset),
    }
}
