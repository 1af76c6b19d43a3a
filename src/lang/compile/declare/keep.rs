//! `keep`: conditions on the columns of a cohort, and whether anybody can meet them.

use super::column::{column_name, named_param, unknown_column};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, all};
use crate::compile::repair;
use crate::compile::value::Value;
use crate::compile::world::{IndexedTable, Who};
use crate::program::{Cohort, Comparison, Predicate, Scalar};
use fascicle_syntax::{BinaryOp, Expr, ExprKind, Fix, Span, nearest};

/// Columns that tables of people have without saying so, or that the splitter makes.
const IMPLIED: &[&str] = &["participant_id", "session_id", "session", "subject"];

/// What the conditions of a cohort read.
#[derive(Default)]
pub(super) struct Read {
    /// Columns, where they are named.
    columns: Vec<(String, Span)>,
    /// Values that cells are to equal, or not.
    values: Vec<Wanted>,
}

/// A value that some cell should have.
struct Wanted {
    column: String,
    column_span: Span,
    value: Scalar,
    span: Span,
    /// Whether it stands there itself, in quotes or as a number. What is a bare word, or comes from a parameter, is a slip where no cell
    /// has it.
    literal: bool,
}

/// `age < 45 and sex == "F"`, `session == first`, `diagnosis in [HC, AD]`.
/// `age < 45 and sex == "F"`, `session == first`, `diagnosis in [HC, AD]`.
pub(super) fn predicate(e: &mut Evaluator<'_>, expr: &Expr, read: &mut Read) -> Eval<Predicate> {
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
            read.columns.push((column.clone(), left.span));
            let ExprKind::List(items) = &right.kind else {
                return e.fail(
                    Diagnostic::error(Code::WrongArgument, right.span, "expected a list of values")
                        .hint("for example diagnosis in [control, patient]")
                        .repair(repair::written(right.span, &format!("[{}]", e.sources.text(right.span)))),
                );
            };
            let values = items.iter().map(|item| scalar(e, item)).collect::<Eval<Vec<_>>>()?;
            for (item, value) in items.iter().zip(&values) {
                read.wants((&column, left.span), (value, item));
            }
            Ok(Predicate::In { column, values })
        }
        ExprKind::Binary { op, left, right } if comparison(*op).is_some() => {
            let column = column_name(e, left)?;
            if column == "session"
                && *op == BinaryOp::Equal
                && let ExprKind::Name(_) | ExprKind::Text(_) = &right.kind
            {
                let which = match scalar(e, right)? {
                    Scalar::Text(which) => which,
                    Scalar::Number(number) => number.to_string(),
                };
                return Ok(Predicate::Session { which });
            }
            read.columns.push((column.clone(), left.span));
            let (comparison, value) = (comparison(*op).unwrap_or(Comparison::Equal), scalar(e, right)?);
            if matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
                read.wants((&column, left.span), (&value, right));
            }
            Ok(Predicate::Compare { column, comparison, value })
        }
        _ => {
            let fixes = of_a_level(e, expr);
            e.fail(
                Diagnostic::error(Code::WrongArgument, expr.span, "expected a condition on columns")
                    .hint("for example: keep age < 45 and sex == \"F\"")
                    .repairs(fixes),
            )
        }
    }
}

/// A level alone as a condition on each column that has it.
fn of_a_level(e: &mut Evaluator<'_>, expr: &Expr) -> Vec<Fix> {
    let level = match &expr.kind {
        ExprKind::Name(word) => word.as_str(),
        ExprKind::Text(text) => text.as_str(),
        _ => return Vec::new(),
    };
    let mut columns: Vec<String> = Vec::new();
    for cohort in e.cohorts.clone() {
        let Ok(table) = e.tables.of(&Cohort { keep: Vec::new(), ..cohort }) else { continue };
        let has = table.columns.iter().filter(|c| c.levels.iter().flatten().any(|known| known == level));
        columns.extend(has.map(|c| c.name.clone()));
    }
    columns.sort_unstable();
    columns.dedup();
    let conditions = columns.iter().map(|column| format!("{} == {}", repair::cell(column), e.sources.text(expr.span)));
    conditions.take(repair::FEW).map(|condition| repair::written(expr.span, &condition)).collect()
}

/// A value, with that of a parameter in its place. A word that no parameter bears is a cell's text.
fn scalar(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Scalar> {
    let value = match &expr.kind {
        ExprKind::Name(word) => match named_param(e, word, expr.span)? {
            Some(value) => value,
            None => return Ok(Scalar::Text(word.clone())),
        },
        _ => e.eval(expr)?,
    };
    match value {
        Value::Int(i) => Ok(Scalar::Number(i as f64)),
        Value::Real(r) => Ok(Scalar::Number(r)),
        Value::Text(t) => Ok(Scalar::Text(t.to_string())),
        Value::Choice(choice) => Ok(Scalar::Text(choice.word.clone())),
        Value::Bool(b) => Ok(Scalar::Text(b.to_string())),
        other => e.expected("a number or a text", &other, expr.span),
    }
}

impl Read {
    fn wants(&mut self, column: (&str, Span), (value, expr): (&Scalar, &Expr)) {
        self.values.push(Wanted {
            column: column.0.to_owned(),
            column_span: column.1,
            value: value.clone(),
            span: expr.span,
            literal: !matches!(expr.kind, ExprKind::Name(_)),
        });
    }

    /// Checks the conditions against the table, of everybody: `cohort` has no `keep` yet.
    pub(super) fn check(&self, e: &mut Evaluator<'_>, cohort: &Cohort, table: &IndexedTable) -> Eval<()> {
        let unknown = |name: &str| table.column(name).is_none() && !IMPLIED.contains(&name);
        all(self
            .columns
            .iter()
            .filter(|(column, _)| unknown(column))
            .map(|(column, span)| unknown_column::<()>(e, &cohort.name, table, column, *span)))?;
        all(self.values.iter().map(|wanted| wanted.check(e, cohort, table)))?;
        Ok(())
    }
}

impl Wanted {
    /// Somebody must have the value.
    fn check(&self, e: &mut Evaluator<'_>, cohort: &Cohort, table: &IndexedTable) -> Eval<()> {
        let who = Who::With { column: self.column.clone(), value: self.value.clone() };
        if table.column(&self.column).is_none() || e.tables.count(cohort, who) != Some(0) {
            return Ok(());
        }
        let value = match &self.value {
            Scalar::Text(text) => text.clone(),
            Scalar::Number(number) => number.to_string(),
        };
        let message = format!("nobody in `{}` has {} = {value}", cohort.name, self.column);
        let levels: Vec<&str> = table
            .column(&self.column)
            .and_then(|c| c.levels.as_ref())
            .map_or_else(Vec::new, |levels| levels.iter().map(String::as_str).collect());
        let spelled = e.sources.text(self.span);
        let from = if spelled == value || self.literal { String::new() } else { format!(" (of `{spelled}`)") };
        let hint = match nearest(&value, &levels) {
            Some(near) => format!("did you mean \"{near}\"{from}?"),
            None if levels.is_empty() => format!("the column has more values than can be listed{from}"),
            None => {
                let shown = levels.iter().take(10).copied().collect::<Vec<_>>().join(", ");
                let more = if levels.len() > 10 { ", .." } else { "" };
                format!("the column has {shown}{more}{from}; a value of a `param` stands there by the param's name")
            }
        };
        let code = if self.literal { Code::ValueOfNobody } else { Code::UnknownLevel };
        // What a parameter stands for is changed where the parameter is set.
        let fixes = match from.is_empty() {
            true => {
                let near = nearest(&value, &levels);
                let known: Vec<String> = near.map_or(levels, |near| vec![near]).into_iter().map(repair::cell).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                repair::one_of("", &known, self.span)
            }
            false => Vec::new(),
        };
        let diagnostic = Diagnostic::error(code, self.span, message)
            .also(self.column_span, "of this column")
            .hint(hint)
            .repairs(fixes);
        if code.is_warning() {
            e.diagnostics.push(diagnostic);
            return Ok(());
        }
        e.fail(diagnostic)
    }
}
