//! `cohort`: where people come from, and who is kept.

use super::column::column_name;
use super::entry::{Chapter, find, names};
use super::keep::{Read, predicate};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, all};
use crate::compile::frameworks::{Place, suggest};
use crate::compile::reader::{Reader, call_parts, unknown_entry};
use crate::compile::repair;
use crate::compile::value::Value;
use crate::compile::world::{TableProblem, TableProblemKind};
use crate::program::{Cohort, CohortClause, CohortSource, PhantomSettings};
use fascicle_syntax::{Argument, Clause, DeclarationKind, Expr, ExprKind, Fix, Name, Span};

/// Compiles a cohort.
pub(in crate::compile) fn cohort(
    e: &mut Evaluator<'_>,
    name: &Name,
    source: &Expr,
    clauses: &[Clause],
) -> Eval<Cohort> {
    let source_span = source.span;
    let source = self::source(e, source);
    let on_command_line = CohortSource::Table { path: String::new() };
    let mut cohort = Cohort::new(&name.text, on_command_line);
    let mut read = Read::default();
    let mut places = Places(vec![(CohortClause::Source, source_span)]);
    let clauses = all(clauses.iter().map(|c| clause(e, c, &mut cohort, &mut read, &mut places)));
    cohort.source = source?;
    clauses?;
    // Where the table can be read, what the clauses name must be there, and somebody must be kept.
    let everybody = Cohort { keep: Vec::new(), ..cohort.clone() };
    match e.tables.of(&everybody) {
        Err(problem) => places.tell(e, &cohort, &problem)?,
        Ok(table) => {
            read.check(e, &everybody, &table)?;
            if let Err(problem) = e.tables.of(&cohort) {
                places.tell(e, &cohort, &problem)?;
            }
        }
    }
    Ok(cohort)
}

/// Where the parts of a cohort's declaration stand.
struct Places(Vec<(CohortClause, Span)>);

impl Places {
    /// Says what is wrong with the data, at the part that it concerns.
    fn tell(&self, e: &mut Evaluator<'_>, cohort: &Cohort, problem: &TableProblem) -> Eval<()> {
        let at = |clause: CohortClause| self.0.iter().find(|(c, _)| *c == clause).map(|(_, span)| *span);
        let source = at(CohortClause::Source).unwrap_or_default();
        let span = at(problem.clause).unwrap_or(source);
        let code = match problem.kind {
            TableProblemKind::Unknown => return Ok(()),
            TableProblemKind::NotHere => Code::DataNotHere,
            TableProblemKind::Wrong => Code::CohortData,
        };
        let diagnostic = Diagnostic::error(code, span, format!("cohort `{}`: {}", cohort.name, problem.message))
            .also(source, "of this cohort")
            .maybe_hint(problem.hint.clone())
            // Whoever a condition leaves out, another one does not.
            .repairs(
                matches!(problem.clause, CohortClause::Keep(_))
                    .then(|| repair::without_clause(e.sources, span))
                    .flatten(),
            );
        if code.is_warning() {
            e.diagnostics.push(diagnostic);
            return Ok(());
        }
        e.fail(diagnostic)
    }
}

/// One clause; what its conditions read is added to `read`, where it stands to `places`.
fn clause(
    e: &mut Evaluator<'_>,
    clause: &Clause,
    cohort: &mut Cohort,
    read: &mut Read,
    Places(places): &mut Places,
) -> Eval<()> {
    match clause.word.text.as_str() {
        "subject" => {
            let value = one(e, clause)?;
            places.push((CohortClause::Subject, value.span));
            cohort.subject = Some(column_name(e, value)?);
        }
        "keep" => {
            for value in &clause.values {
                let spelling = e.sources.text(value.value.span).to_string();
                places.push((CohortClause::Keep(cohort.keep.len()), value.value.span));
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
                places.push((CohortClause::Rename(cohort.rename.len()), old.span));
                let old = column_name(e, old)?;
                cohort.rename.insert(new, old);
            }
        }
        "join" => {
            for value in &clause.values {
                match e.eval(&value.value)? {
                    Value::Text(path) => {
                        places.push((CohortClause::Join(cohort.join.len()), value.value.span));
                        cohort.join.push(path.to_string());
                    }
                    other => return e.expected("the file of a table in quotes", &other, value.value.span),
                }
            }
        }
        "complete" => {
            let value = one(e, clause)?;
            match e.eval(value)?.as_real() {
                Some(share) if (0.0..=1.0).contains(&share) => cohort.complete = Some(share),
                _ => {
                    return e.fail(
                        Diagnostic::error(Code::WrongArgument, value.span, "`complete` takes a share from 0 to 1")
                            .hint(
                                "the least share of the people kept that must have all that is required: complete 0.2",
                            ),
                    );
                }
            }
        }
        // It names inputs, which are declared of the cohort: see `pair`.
        "pair" => {}
        other => {
            let known = names(Chapter::CohortClause);
            let message = format!("a cohort has no clause `{other}`");
            let diagnostic = Diagnostic::error(Code::UnknownClause, clause.word.span, message);
            return e.fail(match suggest(other, &known, Place::Clause) {
                Some(suggestion) => diagnostic.suggest(e.sources, clause.word.span, suggestion),
                None => diagnostic.hint(format!("a cohort has {}", known.join(", "))),
            });
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
        let fix = path.map(|path| match path.ends_with(".csv") || path.ends_with(".tsv") {
            true => repair::written(expr.span, &format!("table(\"{path}\")")),
            false => repair::written(expr.span, &format!("bids(\"{path}\")")),
        });
        return e.fail(
            Diagnostic::error(Code::CohortSource, expr.span, "a cohort cannot be read from this")
                .hint(hint)
                .repairs(fix),
        );
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

/// A further clause of a cohort of the file.
pub(super) fn in_cohort(e: &Evaluator<'_>, cohort: &str, clause: &str) -> Option<Fix> {
    match &e.unit.declarations.get(e.unit.resolve(0, cohort)?)?.declaration.kind {
        DeclarationKind::Cohort { source, clauses, .. } if clauses.is_empty() => {
            let end = Span { start: source.span.end, ..source.span };
            Some(Fix::new(format!("add `{clause}`"), end, format!(" {{ {clause} }}")))
        }
        DeclarationKind::Cohort { source, .. } => repair::with_clause(e.sources, source.span, clause),
        _ => None,
    }
}
