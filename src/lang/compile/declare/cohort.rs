//! `cohort`: where people come from, and who is kept.

use super::entry::{Chapter, find, names};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, all};
use crate::compile::frameworks::{Place, suggest};
use crate::compile::reader::{Reader, call_parts, unknown_entry};
use crate::compile::value::Value;
use crate::program::{Cohort, CohortSource, Comparison, PhantomSettings, Predicate, Scalar};
use fascicle_syntax::{Argument, BinaryOp, Clause, DeclarationKind, Expr, ExprKind, Name, Span};

/// Columns that tables of people have without saying so, or that the splitter makes.
const IMPLIED: &[&str] = &["participant_id", "session_id", "session", "subject"];

/// Compiles a cohort.
pub(in crate::compile) fn cohort(
    e: &mut Evaluator<'_>,
    name: &Name,
    source: &Expr,
    clauses: &[Clause],
) -> Eval<Cohort> {
    let source = self::source(e, source);
    let on_command_line = CohortSource::Table { path: String::new() };
    let mut cohort = Cohort::new(&name.text, on_command_line);
    let mut read = Vec::new();
    let clauses = all(clauses.iter().map(|c| clause(e, c, &mut cohort, &mut read)));
    cohort.source = source?;
    clauses?;
    // Where the table can be read, the columns that were named must be there.
    if let Ok(table) = e.tables.of(&cohort) {
        let unknown = |name: &str| table.column(name).is_none() && !IMPLIED.contains(&name);
        all(read
            .iter()
            .filter(|(column, _)| unknown(column))
            .map(|(column, span)| super::column::unknown_column::<()>(e, &cohort.name, &table, column, *span)))?;
    }
    Ok(cohort)
}

/// One clause; the columns it reads are added to `read`.
fn clause(e: &mut Evaluator<'_>, clause: &Clause, cohort: &mut Cohort, read: &mut Vec<(String, Span)>) -> Eval<()> {
    match clause.word.text.as_str() {
        "subject" => {
            let value = one(e, clause)?;
            cohort.subject = Some(column_name(e, value)?);
        }
        "keep" => {
            for value in &clause.values {
                let spelling = e.sources.text(value.value.span).to_string();
                cohort.keep.push((spelling, predicate(e, &value.value, read)?));
            }
        }
        "rename" => {
            for value in &clause.values {
                // `rename new from "old column"`
                let new = column_name(e, &value.value)?;
                let Some((_, old)) = value.links.iter().find(|(word, _)| word.text == "from") else {
                    let message = "`rename` needs the column's own name";
                    return e.fail(
                        Diagnostic::error(Code::UnknownClause, value.value.span, message)
                            .hint(format!("write: rename {new} from \"the column's name\"")),
                    );
                };
                let old = column_name(e, old)?;
                cohort.rename.insert(new, old);
            }
        }
        "join" => {
            for value in &clause.values {
                match e.eval(&value.value)? {
                    Value::Text(path) => cohort.join.push(path.to_string()),
                    other => return e.expected("the file of a table in quotes", &other, value.value.span),
                }
            }
        }
        // It names inputs, which are declared of the cohort: see `pair`.
        "pair" => {}
        other => {
            let known = names(Chapter::CohortClause);
            let hint =
                suggest(other, &known, Place::Clause).unwrap_or_else(|| format!("a cohort has {}", known.join(", ")));
            let message = format!("a cohort has no clause `{other}`");
            return e.fail(Diagnostic::error(Code::UnknownClause, clause.word.span, message).hint(hint));
        }
    }
    Ok(())
}

fn one<'t>(e: &mut Evaluator<'_>, clause: &'t Clause) -> Eval<&'t Expr> {
    match clause.values.as_slice() {
        [value] => Ok(&value.value),
        _ => {
            let message = format!("`{}` takes one value", clause.word.text);
            e.fail(
                Diagnostic::error(Code::WrongArgument, clause.word.span, message)
                    .hint(format!("give one: {} participant_id", clause.word.text)),
            )
        }
    }
}

/// A column's name: a word, or a text where it has characters that a word cannot have.
pub(in crate::compile) fn column_name(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<String> {
    match &expr.kind {
        ExprKind::Name(name) => Ok(name.clone()),
        ExprKind::Text(text) => Ok(text.clone()),
        _ => e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, "expected the name of a column")
                .hint("a name that is no word stands in quotes: \"Age at scan\""),
        ),
    }
}

fn source(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<CohortSource> {
    let Some(parts) = call_parts(expr).filter(|p| p.receiver.is_none()) else {
        let path = match &expr.kind {
            ExprKind::Text(path) => Some(path),
            ExprKind::Call { arguments, .. } => match arguments.as_slice() {
                [Argument { value: Expr { kind: ExprKind::Text(path), .. }, .. }] => Some(path),
                _ => None,
            },
            _ => None,
        };
        let hint = match path {
            Some(path) if path.ends_with(".csv") || path.ends_with(".tsv") => format!("write table(\"{path}\")"),
            Some(path) => format!("write bids(\"{path}\"), or table(\"..\") for a table"),
            None => "write bids(\"folder\"), table(\"file.csv\") or phantom(subjects: 100)".to_string(),
        };
        return e
            .fail(Diagnostic::error(Code::CohortSource, expr.span, "a cohort cannot be read from this").hint(hint));
    };
    let Some(entry) = find(Chapter::CohortSource, parts.name) else {
        return unknown_entry(e, Code::CohortSource, Chapter::CohortSource, parts.name, parts.name_span);
    };
    let mut reader = Reader::by(&parts, entry);
    let source = match parts.name {
        "bids" => {
            let Some((path, _)) = reader.text(e, "path")? else { return reader.missing(e, "path", "bids(\"folder\")") };
            CohortSource::Bids { path }
        }
        "table" => {
            let Some((path, _)) = reader.text(e, "path")? else {
                return reader.missing(e, "path", "table(\"file.csv\")");
            };
            CohortSource::Table { path }
        }
        // The last of the table: `phantom`.
        _ => {
            let default = PhantomSettings::default();
            let shape = match reader.ints(e, "shape")? {
                Some((shape, span)) => {
                    let extents: Vec<usize> = shape.iter().filter_map(|d| usize::try_from(*d).ok()).collect();
                    match <[usize; 3]>::try_from(extents) {
                        Ok(shape) if shape.iter().all(|d| (16..=256).contains(d)) => shape,
                        _ => {
                            return e.fail(
                                Diagnostic::error(
                                    Code::WrongArgument,
                                    span,
                                    "`shape` of `phantom` takes three numbers of voxels from 16 to 256",
                                )
                                .hint("for example shape: [48, 56, 48]"),
                            );
                        }
                    }
                }
                None => default.shape,
            };
            CohortSource::Phantom(PhantomSettings {
                shape,
                subjects: reader.whole(e, "subjects")?,
                seed: reader.whole(e, "seed")? as u64,
                missing_scan: reader.number(e, "missing_scan")?,
                missing_cell: reader.number(e, "missing_cell")?,
                sites: reader.whole(e, "sites")?,
                noise: reader.number(e, "noise")?,
            })
        }
    };
    reader.finish(e)?;
    Ok(source)
}

/// `age < 45 and sex == "F"`, `session == first`, `diagnosis in [HC, AD]`.
fn predicate(e: &mut Evaluator<'_>, expr: &Expr, read: &mut Vec<(String, Span)>) -> Eval<Predicate> {
    let comparison = |op: BinaryOp| match op {
        BinaryOp::Equal => Some(Comparison::Equal),
        BinaryOp::NotEqual => Some(Comparison::NotEqual),
        BinaryOp::Less => Some(Comparison::Less),
        BinaryOp::LessOrEqual => Some(Comparison::LessOrEqual),
        BinaryOp::Greater => Some(Comparison::Greater),
        BinaryOp::GreaterOrEqual => Some(Comparison::GreaterOrEqual),
        _ => None,
    };
    match &expr.kind {
        ExprKind::Binary { op: BinaryOp::And, left, right } => {
            Ok(Predicate::And(Box::new(predicate(e, left, read)?), Box::new(predicate(e, right, read)?)))
        }
        ExprKind::Binary { op: BinaryOp::Or, left, right } => {
            Ok(Predicate::Or(Box::new(predicate(e, left, read)?), Box::new(predicate(e, right, read)?)))
        }
        ExprKind::Not(inner) => Ok(Predicate::Not(Box::new(predicate(e, inner, read)?))),
        ExprKind::Binary { op: BinaryOp::In, left, right } => {
            let column = column_name(e, left)?;
            read.push((column.clone(), left.span));
            let ExprKind::List(items) = &right.kind else {
                return e.fail(
                    Diagnostic::error(Code::WrongArgument, right.span, "expected a list of values")
                        .hint("for example diagnosis in [control, patient]"),
                );
            };
            let values = items.iter().map(|item| scalar(e, item)).collect::<Eval<Vec<_>>>()?;
            Ok(Predicate::In { column, values })
        }
        ExprKind::Binary { op, left, right } if comparison(*op).is_some() => {
            let column = column_name(e, left)?;
            if column == "session"
                && *op == BinaryOp::Equal
                && let ExprKind::Name(which) | ExprKind::Text(which) = &right.kind
            {
                return Ok(Predicate::Session { which: which.clone() });
            }
            read.push((column.clone(), left.span));
            let comparison = comparison(*op).unwrap_or(Comparison::Equal);
            Ok(Predicate::Compare { column, comparison, value: scalar(e, right)? })
        }
        _ => e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, "expected a condition on columns")
                .hint("for example: keep age < 45 and sex == \"F\""),
        ),
    }
}

fn scalar(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Scalar> {
    if let ExprKind::Name(word) = &expr.kind {
        // Only a param stands for its value; any other word is a cell's text, whatever else bears its name.
        let declared = e.unit.resolve(e.scope(), word).map(|p| &e.unit.declarations[p].declaration.kind);
        if !matches!(declared, Some(DeclarationKind::Param { .. })) {
            return Ok(Scalar::Text(word.clone()));
        }
        return match e.lookup(word, expr.span) {
            Some(Ok(value)) if value.as_real().is_some() => Ok(Scalar::Number(value.as_real().unwrap_or(0.0))),
            Some(Ok(Value::Text(text))) => Ok(Scalar::Text(text.to_string())),
            _ => Ok(Scalar::Text(word.clone())),
        };
    }
    match e.eval(expr)? {
        Value::Int(i) => Ok(Scalar::Number(i as f64)),
        Value::Real(r) => Ok(Scalar::Number(r)),
        Value::Text(t) => Ok(Scalar::Text(t.to_string())),
        Value::Bool(b) => Ok(Scalar::Text(b.to_string())),
        other => e.expected("a number or a text", &other, expr.span),
    }
}
